-- SPDX-License-Identifier: GPL-3.0-or-later
-- For a post that forgot what it was told: what of an epoch lies in quarantine.
create function hub.refusals(p_id text, p_epoch bigint) returns text
language sql stable as $$
	select coalesce(json_agg(json_build_object('seq', q.seq,
		'reason', q.reason) order by q.seq), '[]')::text
	from (select seq, reason from hub.quarantine
		where station = (select no from hub.station where id = p_id)
		and epoch = p_epoch order by seq limit 500) q
$$;
