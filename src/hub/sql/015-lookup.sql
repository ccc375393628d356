-- SPDX-License-Identifier: GPL-3.0-or-later
-- What the published lists say of one person and one vehicle, by the hashes
-- that the lists have: for posts whose own lists are older. The pieces stay
-- as they are; a look-up reads a few hundred bytes of them.

alter table hub.release add made bigint, add register_check text;

-- The texts that rows name by numbers; of versions that are in force.
create table hub.word (
	version bigint not null,
	number bigint not null,
	word text not null,
	primary key (version, number)
);

-- When a post may ask again. Nothing is lost with it.
create unlogged table hub.look (
	station integer primary key,
	free timestamptz not null
);

create function hub.big_endian(p_bytes bytea) returns bigint
language sql immutable as $$
	select ('x' || lpad(encode(p_bytes, 'hex'), 16, '0'))::bit(64)::bigint
$$;

-- Pieces are of 524,288 bytes, but for the last one.
create function hub.version_bytes(p_version bigint, p_at bigint, p_n bigint)
returns bytea language sql stable as $$
	select coalesce(string_agg(substring(bytes
		from (greatest(p_at - i * 524288::bigint, 0) + 1)::integer
		for (least(p_at + p_n, (i + 1) * 524288::bigint)
			- greatest(p_at, i * 524288::bigint))::integer),
		'' order by i), '')
	from hub.piece where version = p_version
	and i between p_at / 524288 and (p_at + p_n - 1) / 524288
$$;

-- As chot-register(5) lays rows out. state: 0 not in this version, 1 there,
-- 2 gone with it.
create function hub.find_row(p_version bigint, p_key bytea,
	out state integer, out bytes bytea)
language plpgsql stable as $$
declare
	v_high bigint := hub.big_endian(hub.version_bytes(p_version, 24, 4));
	v_index bigint := 64 + v_high * 4096;
	v_low bigint := 0;
	v_middle bigint;
	v_block bytea;
	v_at integer := 2;
	v_len integer;
begin
	state := 0;
	while v_low < v_high loop
		v_middle := (v_low + v_high) / 2;
		if hub.version_bytes(p_version, v_index + v_middle * 12, 12)
		    <= p_key then
			v_low := v_middle + 1;
		else
			v_high := v_middle;
		end if;
	end loop;
	if v_low = 0 then
		return;
	end if;
	v_block := hub.version_bytes(p_version, 64 + (v_low - 1) * 4096, 4096);
	for n in 1 .. hub.big_endian(substring(v_block from 1 for 2)) loop
		v_len := get_byte(v_block, v_at + 12);
		if substring(v_block from v_at + 1 for 12) = p_key then
			state := case when v_len = 255 then 2 else 1 end;
			bytes := substring(v_block from v_at + 14
				for case when v_len = 255 then 0 else v_len end);
			return;
		end if;
		v_at := v_at + 13 + case when v_len = 255 then 0 else v_len end;
	end loop;
end $$;

create function hub.words_of(p_version bigint)
returns table (number bigint, word text)
language plpgsql stable as $$
declare
	v_head bytea := hub.version_bytes(p_version, 0, 64);
	v_first bigint := hub.big_endian(substring(v_head from 37 for 4));
	v_words bytea;
	v_at integer := 0;
	v_len integer;
begin
	if substring(v_head from 1 for 11) <> 'chot-rows-1'::bytea then
		return; -- messages, packs, keys
	end if;
	v_words := hub.version_bytes(p_version, 64 + (4096 + 12)
		* hub.big_endian(substring(v_head from 25 for 4)),
		hub.big_endian(substring(v_head from 33 for 4)));
	for i in 0 .. hub.big_endian(substring(v_head from 29 for 4)) - 1 loop
		v_len := get_byte(v_words, v_at) * 256
			+ get_byte(v_words, v_at + 1);
		number := v_first + i;
		word := convert_from(substring(v_words from v_at + 3
			for v_len), 'UTF8');
		return next;
		v_at := v_at + 2 + v_len;
	end loop;
end $$;

-- What a look-up needs of a version that is in force, or no longer is.
create function hub.ready_to_look(p_version bigint) returns void
language sql as $$
	delete from hub.word w using hub.release r
	where r.version = w.version and r.superseded;
	update hub.release r set
		made = substring(m.head from '\nmade (\d+)\n')::bigint,
		register_check = substring(m.head from '\ncheck ([0-9a-f]{24})\n')
	from (select version, convert_from(substring(manifest from 1 for 1000),
		'LATIN1') as head from hub.release) m
	where r.version = p_version and m.version = p_version;
	insert into hub.word
	select p_version, number, word from hub.words_of(p_version)
	on conflict do nothing;
$$;
select hub.ready_to_look(version) from hub.in_force;

alter function hub.publish(bigint, text, text, bigint, bigint, bigint, bigint,
	bigint, bytea, integer) rename to publish_version;

create function hub.publish(p_version bigint, p_list text, p_audience text,
	p_origin bigint, p_given bigint, p_rows bigint, p_entries bigint,
	p_expires bigint, p_manifest bytea, p_pieces integer) returns void
language plpgsql as $$
begin
	perform hub.publish_version(p_version, p_list, p_audience, p_origin,
		p_given, p_rows, p_entries, p_expires, p_manifest, p_pieces);
	perform hub.ready_to_look(p_version);
end $$;

-- A bucket that leaks: 5 a second and 50 at once, far above any post's
-- lanes, and far below what trying numbers one by one takes.
create function hub.look_again(p_station integer) returns boolean
language plpgsql as $$
declare
	v_now timestamptz := clock_timestamp();
begin
	insert into hub.look as l values (p_station, v_now + '0.2 s')
	on conflict (station) do update
		set free = greatest(l.free, v_now) + '0.2 s'
		where l.free < v_now + '10 s';
	return found;
end $$;

-- What a list that is in force says of the key: of the versions that differ
-- the last one that has it counts.
create function hub.find_in_list(p_list text, p_audience text, p_key bytea)
returns bytea language plpgsql stable as $$
declare
	v_version bigint;
	f record;
begin
	for v_version in select version from hub.in_force
	    where list = p_list and audience = p_audience
	    order by version desc loop
		select * into f from hub.find_row(v_version, p_key);
		if f.state > 0 then
			return case when f.state = 1 then f.bytes end;
		end if;
	end loop;
	return null;
end $$;

-- Of each list for this post that it does not have in this version; of
-- p_plates the key is the plate's. One row at least: trouble is '', later,
-- or as of station_trouble(); without a list there is no news.
create function hub.look_up(p_id text, p_generation integer,
	p_identity bytea, p_plate bytea, p_plates text[], p_have bigint[])
returns table (trouble text, list text, audience text, version bigint,
	made bigint, expires bigint, register_check text, given bigint,
	found text)
language plpgsql as $$
declare
	v_station integer;
begin
	trouble := hub.station_trouble(p_id, p_generation);
	if trouble = '' then
		select no into v_station from hub.station where id = p_id;
		if not hub.look_again(v_station) then
			trouble := 'later';
		end if;
	end if;
	return next;
	if trouble <> '' then
		return;
	end if;
	return query
	select '', r.list, r.audience, r.version, r.made,
		extract(epoch from r.expires)::bigint, r.register_check,
		r.given, encode(hub.find_in_list(r.list, r.audience,
			case when r.list = any(p_plates) then p_plate
			else p_identity end), 'hex')
	from (select distinct on (x.list, x.audience) x.*
		from hub.release x where not x.superseded
		order by x.list, x.audience, x.version desc) r
	where r.register_check is not null and r.version <> all(p_have)
	and hub.is_for(v_station, p_id, r.audience)
	order by r.version limit 64;
end $$;

create function hub.look_words(p_list text, p_audience text,
	p_numbers bigint[]) returns table (number bigint, word text)
language sql stable as $$
	select w.number, to_json(w.word)::text
	from hub.in_force f join hub.word w on w.version = f.version
	where f.list = p_list and f.audience = p_audience
	and w.number = any(p_numbers)
$$;
