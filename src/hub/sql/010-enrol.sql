-- SPDX-License-Identifier: GPL-3.0-or-later
-- Tickets that make a machine a post, and which machine is the post now.

-- A post that is enrolled again is of the next generation, which its
-- certificate says (serialNumber): the machine before it, which may be in a
-- thief's hands with a certificate that is still valid, is served no more.
alter table hub.station
	add name text not null default '' check (length(name) <= 200),
	add generation integer not null default 0;

-- The secret itself is on the sheet alone.
create table hub.ticket (
	hash bytea primary key check (length(hash) = 32),
	station integer not null references hub.station,
	made timestamptz not null default now(),
	expires timestamptz not null,
	used timestamptz,
	key bytea check (length(key) = 32),
	generation integer
);
create index on hub.ticket (station);

-- One sheet a post counts: the last one. A revoked post stays so until the
-- new ticket is used.
create function hub.ticket_make(p_id text, p_name text, p_hash bytea,
	p_seconds integer) returns text
language plpgsql as $$
declare
	v_station integer;
	v_expires timestamptz := now() + make_interval(secs => p_seconds);
begin
	insert into hub.station (id, name) values (p_id, p_name)
	on conflict (id) do update set name = case when excluded.name <> ''
		then excluded.name else station.name end
	returning no into v_station;
	delete from hub.ticket where station = v_station and used is null;
	insert into hub.ticket (hash, station, expires)
	values (p_hash, v_station, v_expires);
	return to_char(v_expires at time zone 'UTC',
		'YYYY-MM-DD"T"HH24:MI:SS"Z"');
end $$;

-- trouble: '' or a word of openapi.yaml. The same key may come again, since
-- the answer may have been lost; another one may not.
create function hub.ticket_use(p_id text, p_hash bytea, p_key bytea,
	out trouble text, out generation integer, out name text)
language plpgsql as $$
declare
	t hub.ticket;
begin
	select k.* into t from hub.ticket k join hub.station s
	on s.no = k.station where k.hash = p_hash and s.id = p_id
	for update of k;
	trouble := case when not found then 'ticket'
		when t.expires < now() then 'expired'
		when t.used is not null and t.key <> p_key then 'used'
		else '' end;
	if trouble <> '' then
		return;
	end if;
	if t.used is null then
		update hub.station s set generation = s.generation + 1,
			revoked = null, reason = null
		where s.no = t.station
		returning s.generation into t.generation;
		update hub.ticket k set used = now(), key = p_key,
			generation = t.generation where k.hash = p_hash;
	end if;
	generation := t.generation;
	name := (select to_json(s.name)::text from hub.station s
		where s.no = t.station);
end $$;

-- As station_trouble() of the id alone, for one who shows a certificate.
create function hub.station_trouble(p_id text, p_generation integer)
returns text language sql stable as $$
	select coalesce((select case when revoked is null
			and p_generation >= generation then ''
			else 'revoked' end
		from hub.station where id = p_id), 'unknown')
$$;
