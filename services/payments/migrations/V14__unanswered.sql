-- Payments whose provider never answered are asked about until it is known what became of them; so are
-- those that wait from before that. One that was cancelled before it was asked for has no description.
update payment set look_at = now()
where provider_payment is null and look_at is null and description <> ''
  and (state = 'starting' or (state = 'cancelled' and wanted = 'cancel'))
  and pay_by > now() - interval '30 days';
