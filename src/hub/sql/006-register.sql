-- SPDX-License-Identifier: GPL-3.0-or-later
-- Published lists: signed versions in numbered pieces, and who gets which.

-- Beside "all" and "station=ID", which every post is: "unit=94" and so on.
create table hub.audience (
	station integer not null references hub.station on delete cascade,
	name text not null check (name ~ '^(unit|province)=[A-Za-z0-9._:-]+$'),
	primary key (station, name)
);

create sequence hub.version;

-- origin: the version it adds to; 0: it is the whole list. A version that a
-- later one replaces is superseded, and its pieces are gone.
create table hub.release (
	version bigint primary key,
	list text not null,
	audience text not null,
	origin bigint not null,
	given bigint not null,
	rows bigint not null,
	entries bigint not null,
	expires timestamptz not null,
	released timestamptz not null default now(),
	first_no bigint not null unique, -- the manifest's; then its pieces
	pieces integer not null,
	superseded boolean not null default false,
	manifest bytea not null
);
create index on hub.release (first_no) where not superseded;

create table hub.piece (
	version bigint not null,
	i integer not null,
	added timestamptz not null default now(),
	bytes bytea not null,
	primary key (version, i)
);
alter table hub.piece alter bytes set storage external; -- hashes: no gain

-- What posts have of a list, the whole one first.
create view hub.in_force as
select list, audience, version, origin, given, rows, entries, expires, pieces
from hub.release where not superseded;

-- The last step of publishing; its pieces lie there already.
create function hub.publish(p_version bigint, p_list text, p_audience text,
	p_origin bigint, p_given bigint, p_rows bigint, p_entries bigint,
	p_expires bigint, p_manifest bytea, p_pieces integer) returns void
language plpgsql as $$
begin
	-- One after the other, so that numbers are seen in their order.
	perform pg_advisory_xact_lock(hashtext('hub.publish'));
	if exists (select from hub.release where list = p_list
	    and audience = p_audience and version > p_version) then
		raise exception 'somebody else published this list meanwhile';
	end if;
	if p_origin > 0 and not exists (select from hub.in_force
	    where list = p_list and audience = p_audience
	    and version = p_origin) then
		raise exception 'what it adds to is no longer in force';
	end if;
	if p_pieces <> (select count(*) from hub.piece
	    where version = p_version) then
		raise exception 'pieces are missing';
	end if;
	update hub.release set superseded = true
	where list = p_list and audience = p_audience and not superseded
	and version > p_origin;
	insert into hub.release (version, list, audience, origin, given,
		rows, entries, expires, first_no, pieces, manifest)
	values (p_version, p_list, p_audience, p_origin, p_given, p_rows,
		p_entries, to_timestamp(p_expires),
		(select coalesce(max(first_no + pieces), 0) + 1
			from hub.release), p_pieces, p_manifest);
	delete from hub.piece p using hub.release r
	where r.version = p.version and r.superseded;
	-- What a publisher left behind that was killed.
	delete from hub.piece p where added < now() - interval '1 day'
	and not exists (select from hub.release r
		where r.version = p.version);
end $$;

create function hub.is_for(p_station integer, p_id text, p_audience text)
returns boolean language sql stable as $$
	select p_audience in ('all', 'station=' || p_id) or exists (
		select from hub.audience where station = p_station
		and name = p_audience)
$$;

create function hub.base64(p_bytes bytea) returns text
language sql immutable as $$
	select translate(encode(p_bytes, 'base64'), E'\n', '')
$$;

-- The next pieces for a post behind p_since: one version's, and not more
-- than a reply bears. trouble: as of station_trouble().
create function hub.register_since(p_id text, p_since bigint,
	out trouble text, out latest bigint, out pieces text)
language plpgsql stable as $$
declare
	v_station integer;
	r hub.release;
begin
	pieces := '[]';
	trouble := hub.station_trouble(p_id);
	if trouble <> '' then
		return;
	end if;
	select no into v_station from hub.station where id = p_id;
	select coalesce(max(x.first_no + x.pieces), 0) into latest
	from hub.release x;
	select x.* into r from hub.release x
	where not x.superseded and x.first_no + x.pieces > p_since
	and hub.is_for(v_station, p_id, x.audience)
	order by x.first_no limit 1;
	if not found then
		return;
	end if;
	select coalesce(json_agg(json_build_object('no', t.no,
		'bytes', hub.base64(t.bytes)) order by t.no), '[]')::text
	into pieces
	from (select s.no, s.bytes, sum(length(s.bytes)) over (order by s.no)
			as total, row_number() over (order by s.no) as n
		from (select r.first_no as no, r.manifest as bytes
			union all
			select r.first_no + 1 + p.i, p.bytes from hub.piece p
			where p.version = r.version
			and r.first_no + 1 + p.i <=
				greatest(p_since + 1, r.first_no) + 1) s
		where s.no > p_since) t
	where t.n = 1 or t.total <= 600000;
end $$;

-- Messages that were read, and where: what the posts recorded.
create view hub.message_read as
select s.id as station, r.body ->> 'message' as message,
	r.body ->> 'officer' as officer, min(to_timestamp(r.at)) as at
from hub.record r join hub.station s on s.no = r.station
where r.body ->> 'type' = 'read'
group by 1, 2, 3;
