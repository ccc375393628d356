-- SPDX-License-Identifier: GPL-3.0-or-later
-- Posts, and what is known of each: its heads, forks and gaps.

create table hub.station (
	no integer generated always as identity primary key,
	id text not null unique,
	added timestamptz not null default now(),
	revoked timestamptz,
	reason text,
	check (id ~ '^[A-Za-z0-9._:-]{1,95}$')
);

-- The hub holds all records of an epoch up to seq, in order, and hash is that
-- of the last. Updated with every batch: room for it on the same page.
create table hub.head (
	station integer not null references hub.station,
	epoch bigint not null check (epoch between 0 and 4294967295),
	seq bigint not null check (seq >= 0),
	hash bytea not null check (length(hash) = 32),
	began timestamptz not null default now(),
	moved timestamptz not null default now(),
	primary key (station, epoch)
) with (fillfactor = 50);

-- Two cards with one name, or one that was set back: somebody must look.
create table hub.fork (
	station integer not null references hub.station,
	epoch bigint not null,
	seq bigint not null,
	held bytea not null,
	given bytea not null,
	first_seen timestamptz not null default now(),
	last_seen timestamptz not null default now(),
	times bigint not null default 1,
	primary key (station, epoch, seq, given)
);

-- Records that the post no longer had when the hub asked for them.
create table hub.gap (
	station integer not null references hub.station,
	epoch bigint not null,
	after bigint not null,
	next bigint not null,
	noted timestamptz not null default now(),
	primary key (station, epoch, next)
);

create function hub.station_add(p_id text) returns text
language sql as $$
	insert into hub.station (id) values (p_id)
	on conflict (id) do update set revoked = null, reason = null
	returning case when xmax = 0 then 'added' else 'there' end
$$;

create function hub.station_revoke(p_id text, p_reason text) returns boolean
language sql as $$
	with done as (
		update hub.station
		set revoked = coalesce(revoked, now()), reason = p_reason
		where id = p_id returning 1)
	select exists (select from done)
$$;

create view hub.stations as
select s.id, s.added, s.revoked, s.reason,
	h.epoch, h.seq, h.moved,
	(select count(*) from hub.fork f where f.station = s.no) as forks,
	(select count(*) from hub.gap g where g.station = s.no) as gaps
from hub.station s
left join lateral (
	select epoch, seq, moved from hub.head where station = s.no
	order by moved desc limit 1) h on true;

-- '' when the post may speak, else why not: a word of openapi.yaml.
create function hub.station_trouble(p_id text) returns text
language sql stable as $$
	select coalesce((select case when revoked is null then ''
			else 'revoked' end
		from hub.station where id = p_id), 'unknown')
$$;
