-- SPDX-License-Identifier: GPL-3.0-or-later
-- Where somebody crossed, who was near, and whom to tell of it. Every such
-- look at persons names who asked and why, and is kept.

create table hub.inspection (
	at timestamptz not null default now(),
	asked_by text not null check (asked_by <> ''),
	why text not null check (why <> ''),
	what text not null,
	crossings bigint not null
);

-- Up to when the places of journeys were told; one row. A round that was begun
-- ends where it was to end, however often it is begun again.
create table hub.noticed (
	upto timestamptz not null,
	begun timestamptz,
	one boolean primary key default true check (one)
);

-- What a record says of its person, by the first document that says it.
create function hub.said(j jsonb, p_field text) returns text
language sql immutable as $$
	select d.doc ->> p_field
	from jsonb_array_elements(case jsonb_typeof(j -> 'documents')
		when 'array' then j -> 'documents' else '[]' end)
		with ordinality d(doc, n)
	where jsonb_typeof(d.doc) = 'object' and d.doc ->> p_field <> ''
	order by d.n limit 1
$$;

create function hub.names_number(j jsonb, p_number text) returns boolean
language sql immutable as $$
	select exists (select
	from jsonb_array_elements(case jsonb_typeof(j -> 'documents')
		when 'array' then j -> 'documents' else '[]' end) d
	where p_number in (d ->> 'id', d ->> 'number', d ->> 'identity'))
	or p_number = j -> 'declared' ->> 'number'
	or p_number = j -> 'logged' ->> 'number'
$$;

-- NULL when it is no time: what a post says may be anything.
create function hub.time_of(p_text text) returns bigint
language plpgsql immutable as $$
begin
	return extract(epoch from p_text::timestamptz)::bigint;
exception when data_exception then
	return null;
end $$;

create type hub.crossing as (
	id text, no integer, epoch bigint, seq bigint, station text, lane text,
	direction text, at bigint, plate text, verdict text, outcome text,
	was text, name text, number text, birth text, phone text,
	from_place text, to_place text, home text);

-- All that is known of one crossing: what was shown later counts as well.
create function hub.crossing_of(p_no integer, p_epoch bigint, p_seq bigint)
returns setof hub.crossing language sql stable as $$
	with own as (
		select r.*, s.id as name, concat_ws('/', s.id,
			lpad(to_hex(r.epoch), 8, '0'), r.seq) as id
		from hub.record r join hub.station s on s.no = r.station
		where r.station = p_no and r.epoch = p_epoch
		and r.seq = p_seq limit 1
	), later as (
		select r.seq, r.body from hub.record r, own
		where r.station = p_no and r.epoch = p_epoch
		and r.seq between p_seq and p_seq + 2000
		and (r.seq = p_seq or r.body ->> 'of' = own.id)
	), person as (
		select x.what, (array_agg(x.said order by l.seq desc)
			filter (where x.said <> ''))[1] as said
		from later l, lateral (values
			('name', coalesce(l.body -> 'declared' ->> 'name',
				hub.said(l.body, 'name'))),
			('number', coalesce(l.body -> 'declared' ->> 'number',
				l.body -> 'logged' ->> 'number',
				hub.said(l.body, 'id'),
				hub.said(l.body, 'number'))),
			('birth', coalesce(l.body -> 'declared' ->> 'birth',
				hub.said(l.body, 'birth'))),
			('phone', coalesce(l.body -> 'declared' ->> 'phone',
				hub.said(l.body, 'phone'))),
			('from', coalesce(l.body -> 'declared' ->> 'from',
				hub.said(l.body, 'from'),
				l.body -> 'register' ->> 'from')),
			('to', coalesce(l.body -> 'declared' ->> 'to',
				hub.said(l.body, 'to'),
				l.body -> 'register' ->> 'to')),
			('home', coalesce(hub.said(l.body, 'address'),
				l.body -> 'declared' ->> 'address')),
			('plate', coalesce(l.body -> 'vehicle' ->> 'plate',
				l.body -> 'logged' ->> 'plate')),
			('verdict', coalesce(l.body ->> 'verdict',
				l.body -> 'logged' ->> 'verdict')),
			('outcome', coalesce(l.body ->> 'outcome',
				l.body -> 'logged' ->> 'outcome')),
			('was', l.body ->> 'was')) x(what, said)
		group by x.what
	), whole as (
		select jsonb_object_agg(what, said) as j from person
	)
	select own.id, own.station, own.epoch, own.seq, own.name,
		own.body ->> 'lane', own.body ->> 'direction',
		coalesce(hub.time_of(own.body ->> 'happened'), own.at),
		j ->> 'plate', j ->> 'verdict', j ->> 'outcome', j ->> 'was',
		j ->> 'name', j ->> 'number', j ->> 'birth', j ->> 'phone',
		j ->> 'from', j ->> 'to', j ->> 'home'
	from own, whole
$$;

-- The crossing that a record is of: its own place, or what `of` says. NULL:
-- of none that a post could have made.
create function hub.origin(p_no integer, p_epoch bigint, p_seq bigint, j jsonb)
returns table (no integer, epoch bigint, seq bigint)
language sql stable as $$
	select p_no, p_epoch, p_seq
	where j ->> 'type' in ('crossing', 'logbook')
	union all
	select s.no, ('x' || split_part(j ->> 'of', '/', 2))::bit(32)::bigint,
		split_part(j ->> 'of', '/', 3)::bigint
	from hub.station s
	where j ->> 'of' ~ '^[^/]+/[0-9a-f]{8}/[0-9]{1,15}$'
	and s.no = p_no and s.id = split_part(j ->> 'of', '/', 1)
$$;

-- Crossings of a person or a vehicle (the other one ''). A post may have
-- kept what it sent for weeks: the days of arrival are open to the right.
create function hub.crossings(p_number text, p_plate text, p_since bigint,
	p_until bigint) returns setof hub.crossing
language sql stable as $$
	select c.* from (
		select distinct o.no, o.epoch, o.seq
		from hub.record r, lateral hub.origin(r.station, r.epoch,
			r.seq, r.body) o
		where r.day >= (to_timestamp(p_since) at time zone 'UTC')::date
		and r.at between p_since and p_until
		and r.body ->> 'type' in ('crossing', 'update', 'measurement',
			'declaration', 'logbook')
		and not r.body ? 'training'
		and case when p_number <> ''
			then hub.names_number(r.body, p_number)
			else p_plate in (r.body -> 'vehicle' ->> 'plate',
				r.body -> 'logged' ->> 'plate') end
	) found, lateral hub.crossing_of(found.no, found.epoch, found.seq) c
	order by c.at, c.id
$$;

-- Who was at the same post within so many seconds of a case; in the same
-- vehicle when the plate is the same.
create function hub.contacts(p_number text, p_since bigint, p_until bigint,
	p_seconds bigint) returns table (of_case text, how text,
	seconds bigint, c hub.crossing)
language sql stable as $$
	with cases as materialized (
		select * from hub.crossings(p_number, '', p_since, p_until)
	), near as (
		select distinct on (r.station, r.epoch, r.seq) k.id as of_case,
			k.at as case_at, k.plate as case_plate, r.station,
			r.epoch, r.seq
		from cases k join hub.record r on r.station = k.no
			and r.day >= (to_timestamp(p_since)
				at time zone 'UTC')::date
			and r.at between k.at - p_seconds and k.at + p_seconds
		where r.body ->> 'type' = 'crossing'
		and not r.body ? 'training'
		and not exists (select from cases s where s.no = r.station
			and s.epoch = r.epoch and s.seq = r.seq)
		order by r.station, r.epoch, r.seq, abs(r.at - k.at)
	)
	select n.of_case, case when c.plate = n.case_plate then 'vehicle'
		else 'post' end, c.at - n.case_at, c
	from near n, lateral hub.crossing_of(n.station, n.epoch, n.seq) c
	where c.number is distinct from p_number
	order by c.at, c.id
$$;

create function hub.inspected(p_by text, p_why text, p_what text,
	p_crossings bigint) returns void
language sql as $$
	insert into hub.inspection (asked_by, why, what, crossings)
	values (p_by, p_why, p_what, p_crossings)
$$;

-- What was decided since the last notices (at first: of a day), up to a time
-- before which nothing can still be on its way into the database.
create function hub.to_notice(out since timestamptz, out upto timestamptz)
language sql as $$
	insert into hub.noticed (upto, begun)
	values (now() - interval '1 day', now() - interval '1 minute')
	on conflict (one) do update
	set begun = coalesce(noticed.begun, excluded.begun)
	returning noticed.upto, noticed.begun
$$;

create function hub.notices(p_since timestamptz, p_upto timestamptz)
returns setof hub.crossing language sql stable as $$
	select c.* from (
		select distinct o.no, o.epoch, o.seq
		from hub.record r, lateral hub.origin(r.station, r.epoch,
			r.seq, r.body) o
		where r.day >= (p_since at time zone 'UTC')::date
		and r.received >= p_since and r.received < p_upto
		and r.body ->> 'type' in ('outcome', 'correction')
		and not r.body ? 'training'
	) decided, lateral hub.crossing_of(decided.no, decided.epoch,
		decided.seq) c
	order by c.at, c.id
$$;

create function hub.noticed() returns void
language sql as $$
	update hub.noticed set upto = begun, begun = null
	where begun is not null
$$;
