create index movement_of_person on movement (person_id) where person_id is not null;
