-- People who have been erased: nothing that is told late brings them back. Instead of the date of birth
-- there is for a week the age that had surely been reached, so that what was ordered can be brought.
create table erased_person (
    person_id uuid primary key,
    at        timestamptz not null,
    age       smallint check (age between 0 and 200)
);
create index verdict_of_customer on verdict ((facts ->> 'customer'));

-- A verdict stays as it was said. Of a customer who has been erased the place of the door goes; which
-- law it lies under stays in the rules.
create function verdict_is_kept() returns trigger language plpgsql set search_path from current as $$
begin
    if to_jsonb(new) - 'facts' = to_jsonb(old) - 'facts'
       and new.facts = old.facts - 'door_place'
       and exists (select from erased_person where person_id::text = old.facts ->> 'customer') then
        return new;
    end if;
    raise exception 'a row of verdict is never edited';
end $$;
drop trigger verdict_is_not_edited on verdict;
create trigger verdict_is_not_edited before update on verdict
    for each row execute function verdict_is_kept();
