-- The operators' list of people: by how a name begins, by role, and who is blocked.
create index person_by_given_name on person (lower(given_name) collate "C");
create index person_by_family_name on person (lower(family_name) collate "C");
create index person_drivers on person (email collate "C") where is_driver;
create index person_support on person (email collate "C") where is_support;
create index person_auditors on person (email collate "C") where is_auditor;
create index person_blocked on person (email collate "C") where blocked_at is not null;
create index store_staff_grade on store_staff (grade, person_id);
