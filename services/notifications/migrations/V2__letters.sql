-- Letters with codes: of these nothing is kept but that there is one. To whom it goes and what it says
-- is asked for whenever it is to leave, so that no code and no address lies here.
alter table message add column flow_id uuid;
alter table message drop constraint message_check;
alter table message add constraint message_for_one
    check (num_nonnulls(person_id, store_id, flow_id) = 1);
alter table message add constraint message_keeps_no_code
    check (flow_id is null or (recipient = '' and subject = '' and text = '' and html = ''));

alter table message drop constraint message_channel_check;
alter table message add constraint message_channel check (channel in ('smtp', 'folder', 'dry'));

-- Somebody waits in front of a screen for a letter with a code: those leave first.
drop index message_due;
create index message_due on message ((flow_id is null), next_at)
    where state in ('pending', 'failed');
