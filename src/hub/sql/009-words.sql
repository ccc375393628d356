-- SPDX-License-Identifier: GPL-3.0-or-later
-- Posts record more than crossings by now: gates, declarations, shifts. What
-- record.schema.json allows is no quarantine's.

create or replace function hub.body_fits(j jsonb, p_schema integer) returns boolean
language sql immutable as $$
	select coalesce(jsonb_typeof(j) = 'object'
	and jsonb_typeof(j -> 'schema') = 'number'
	and j ->> 'schema' = p_schema::text
	and j ->> 'type' in ('crossing', 'measurement', 'update', 'outcome',
		'correction', 'look', 'clock', 'switch', 'declaration',
		'logbook', 'surge', 'venue', 'log-in', 'log-out', 'lock', 'wrong-pin',
		'shift-start', 'hand-over', 'shift-end', 'doubt', 'doubt-end',
		'training', 'power-off')
	and j ->> 'direction' in ('in', 'out')
	and j ->> 'clock' in ('confirmed', 'held', 'unconfirmed')
	and j ->> 'run' ~ '^[0-9a-f]{16}$'
	and jsonb_typeof(j -> 'n') = 'number'
	and jsonb_typeof(j -> 'station') = 'string'
	and jsonb_typeof(j -> 'lane') = 'string'
	and j ->> 'at' ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d'
	and jsonb_typeof(j -> 'boot') = 'string'
	and jsonb_typeof(j -> 'monotonic_ms') = 'number'
	and case when j ->> 'type' in ('crossing', 'measurement', 'update')
		then j ->> 'verdict' in ('pass', 'check', 'stop')
			and jsonb_typeof(j -> 'facts') = 'object'
			and jsonb_typeof(j -> 'reasons') = 'array'
			and jsonb_typeof(j -> 'documents') = 'array'
			and j ? 'pack'
		else true end
	and case when j ->> 'type' in ('outcome', 'correction')
		then j ->> 'outcome' in ('passed', 'turned-back',
				'health-desk', 'held', 'waiting', 'left', 'none')
			and j ->> 'by' in ('key', 'next', 'time-out')
		else true end
	and case when j ->> 'type' in ('measurement', 'update', 'outcome',
		'correction', 'look')
		then jsonb_typeof(j -> 'of') = 'string' else true end, false)
$$;
