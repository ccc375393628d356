-- SPDX-License-Identifier: GPL-3.0-or-later
-- Status pages: what of them is kept, and who may read those of all posts.

alter table hub.station add watches boolean not null default false;

-- Names that say how a post is. What else a page holds, a later program's or
-- a mistake's, is not kept: nothing about persons gets here unnoticed.
create function hub.status_page(p_page jsonb) returns jsonb
language sql immutable as $$
	select coalesce(jsonb_object_agg(key, value), '{}')
	from jsonb_each(p_page)
	where (key ~ ('^(id|name|station|version|state|findings|machine|network|'
		'pid|at|live_age_s|clock|pack|records|records_waiting|'
		'records_unanswered|last_record|oldest_waiting|record_fault|'
		'lookup_fault|outbox_fault|outbox_damaged_files|register|'
		'register_fault|register_key|seal_key|seal_secret|hub|hub_link|'
		'hub_refused|hub_success|hub_failure|'
		'(people|passed|turned_back)_(in|out)|'
		'disk_free_mb|card_worn_percent|board_mc|power_weak|'
		'battery_percent|mains|memory_free_mb|swap_disk_mb|uptime_s|'
		'updated_at)$')
		or key ~ '^(lane|device|list|alarm|confined) [^[:cntrl:]]{1,60}$')
	and jsonb_typeof(value) in ('number', 'boolean', 'string')
	and length(value::text) <= 500
$$;

drop function hub.put_status(text, text, text);
create function hub.put_status(p_id text, p_generation integer,
	p_program text, p_page text) returns text
language plpgsql as $$
declare
	v_trouble text := hub.station_trouble(p_id, p_generation);
	v_page jsonb;
begin
	if v_trouble <> '' then
		return v_trouble;
	end if;
	v_page := hub.status_page(p_page::jsonb);
	if length(v_page::text) > 16384 then
		return 'form';
	end if;
	insert into hub.status
	select no, p_program, now(), v_page
	from hub.station where id = p_id
	on conflict (station) do update set program = excluded.program,
		said = excluded.said, page = excluded.page;
	return '';
exception when data_exception or program_limit_exceeded then
	return 'form'; -- JSON that PostgreSQL does not take
end $$;

create function hub.utc(p_at timestamptz) returns text
language sql stable as $$
	select to_char(p_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
$$;

-- 50 posts behind p_after, in order of their ids; next: that of the last one
-- when there are more.
create function hub.station_pages(p_id text, p_generation integer,
	p_after text, out trouble text, out pages text, out next text)
language plpgsql stable as $$
begin
	trouble := hub.station_trouble(p_id, p_generation);
	if trouble = '' and not (select watches from hub.station
	    where id = p_id) then
		trouble := 'watch';
	end if;
	if trouble <> '' then
		return;
	end if;
	with part as (
		select s.id, s.name, s.revoked, s.epoch, s.seq, s.moved,
			s.forks, s.gaps, t.said, t.program, t.page
		from (select v.*, o.no, o.name from hub.stations v
			join hub.station o on o.id = v.id
			where v.id > p_after collate "C"
			order by v.id collate "C" limit 50) s
		left join hub.status t on t.station = s.no)
	select coalesce(json_agg(json_strip_nulls(json_build_object(
			'station', id, 'name', name,
			'revoked', hub.utc(revoked),
			'epoch', lpad(to_hex(epoch), 8, '0'), 'seq', seq,
			'moved', hub.utc(moved), 'forks', forks, 'gaps', gaps,
			'said', hub.utc(said), 'program', program,
			'status', page)) order by id collate "C"), '[]')::text,
		case when count(*) = 50 then max(id collate "C") end
	into pages, next from part;
end $$;

create function hub.station_watch(p_id text, p_watches boolean)
returns boolean language sql as $$
	with done as (
		update hub.station set watches = p_watches
		where id = p_id returning 1)
	select exists (select from done)
$$;

-- As before, but that a type of a later program is a record as any other: a
-- post that is ahead of its hub must not be told that it is refused.
create or replace function hub.body_fits(j jsonb, p_schema integer)
returns boolean language sql immutable as $$
	select coalesce(jsonb_typeof(j) = 'object'
	and jsonb_typeof(j -> 'schema') = 'number'
	and j ->> 'schema' = p_schema::text
	and j ->> 'type' ~ '^[a-z][a-z-]{0,31}$'
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
