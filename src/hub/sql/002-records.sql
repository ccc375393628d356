-- SPDX-License-Identifier: GPL-3.0-or-later
-- Records, once each and in order, without a unique index: the row of the
-- head is locked, and what lies behind it has not been stored yet.

-- By the day of arrival: `at` is the post's clock, which may say anything.
-- `at` is when it was recorded, Unix seconds; persons' data is in body.
create table hub.record (
	epoch bigint not null,
	seq bigint not null,
	at bigint not null,
	received timestamptz not null,
	day date not null,
	station integer not null,
	schema integer not null,
	hash bytea not null,
	body jsonb not null
) partition by range (day);
create index on hub.record (station, epoch, seq);

-- Kept whole: a later hub, or a key that is found again, may read it yet.
create table hub.quarantine (
	station integer not null references hub.station,
	epoch bigint not null,
	seq bigint not null,
	at bigint not null,
	received timestamptz not null,
	key text not null,
	schema integer not null,
	hash bytea not null,
	reason text not null
		check (reason in ('hash', 'key', 'seal', 'schema', 'body')),
	sealed bytea not null,
	primary key (station, epoch, seq)
);

create function hub.make_day(p_day date) returns void
language plpgsql as $$
declare
	v_name text := 'record_' || to_char(p_day, 'YYYYMMDD');
begin
	perform pg_advisory_xact_lock(hashtext('hub.make_day'));
	if to_regclass('hub.' || v_name) is null then
		execute format('create table hub.%I partition of hub.record '
			'for values from (%L) to (%L)',
			v_name, p_day, p_day + 1);
	end if;
end $$;

create function hub.today() returns date
language sql stable as $$ select (now() at time zone 'UTC')::date $$;

-- What chot-record(5) says every record has. Written so that PostgreSQL can
-- put it in line: nothing in it may depend on a setting.
create function hub.body_fits(j jsonb, p_schema integer) returns boolean
language sql immutable as $$
	select coalesce(jsonb_typeof(j) = 'object'
	and jsonb_typeof(j -> 'schema') = 'number'
	and j ->> 'schema' = p_schema::text
	and j ->> 'type' in ('crossing', 'measurement', 'update', 'outcome',
		'correction', 'look', 'clock')
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
	and case when j ->> 'type' in ('crossing', 'clock') then true
		else jsonb_typeof(j -> 'of') = 'string' end, false)
$$;

-- The hash held at a seq; NULL when there is none to compare with.
create function hub.hash_at(p_station integer, p_epoch bigint, p_seq bigint)
returns bytea language sql stable as $$
	select hash from hub.record
	where station = p_station and epoch = p_epoch and seq = p_seq
	union all
	select hash from hub.quarantine
	where station = p_station and epoch = p_epoch and seq = p_seq
	limit 1
$$;
