-- SPDX-License-Identifier: GPL-3.0-or-later
-- Taking a batch. What the hub's program has checked before: each hash fits
-- its bytes (else reason 'hash'), each record names the one before it, and
-- those that could be opened have a body; the others a reason.

-- A batch as it comes, for passing on: arrays of one length.
create type hub.batch as (
	seq bigint[], at bigint[], hash bytea[], key text[], schema integer[],
	reason text[], body text[], sealed bytea[]);

create function hub.quarantine_one(p_station integer, p_epoch bigint,
	b hub.batch, i integer, p_reason text) returns void
language sql as $$
	insert into hub.quarantine values (p_station, p_epoch, b.seq[i],
		b.at[i], now(), b.key[i], b.schema[i], b.hash[i], p_reason,
		b.sealed[i])
$$;

-- One record, for what is not all well; true when it is readable.
create function hub.store_one(p_station integer, p_epoch bigint, b hub.batch,
	i integer) returns boolean
language plpgsql as $$
begin
	insert into hub.record
	select p_epoch, b.seq[i], b.at[i], now(), hub.today(), p_station,
		b.schema[i], b.hash[i], x.j
	from (select b.body[i]::jsonb as j offset 0) x
	where b.reason[i] is null and hub.body_fits(x.j, b.schema[i]);
	return found;
exception when data_exception or program_limit_exceeded then
	return false; -- JSON that PostgreSQL does not take, as \u0000
end $$;

-- All of a batch from its p_first-th on, which the hub has not got.
create function hub.store(p_station integer, p_epoch bigint, b hub.batch,
	p_first integer) returns void
language plpgsql as $$
declare
	v_stored integer;
	v_count integer := cardinality(b.seq);
begin
	begin
		insert into hub.record
		select p_epoch, x.seq, x.at, now(), hub.today(), p_station,
			x.schema, x.hash, x.j
		from (select t.seq, t.at, t.schema, t.hash, t.body::jsonb as j
			from unnest(b.seq[p_first:], b.at[p_first:],
				b.hash[p_first:], b.schema[p_first:],
				b.body[p_first:])
				as t(seq, at, hash, schema, body)
			where t.body is not null offset 0) x
		where hub.body_fits(x.j, x.schema);
		get diagnostics v_stored = row_count;
		if v_stored < v_count - p_first + 1 then
			raise exception 'not all' using errcode = 'HB001';
		end if;
		return;
	exception when data_exception or program_limit_exceeded or
	    sqlstate 'HB001' then
		null; -- nothing of it stays; one by one then
	end;
	for i in p_first..v_count loop
		if not hub.store_one(p_station, p_epoch, b, i) then
			perform hub.quarantine_one(p_station, p_epoch, b, i,
				coalesce(b.reason[i], 'body'));
		end if;
	end loop;
end $$;

-- A resend of what lies in quarantine may be readable by now.
create function hub.release(p_station integer, p_epoch bigint, b hub.batch)
returns void language plpgsql as $$
declare
	q record;
begin
	for q in select seq, hash from hub.quarantine
	    where station = p_station and epoch = p_epoch
	    and seq between b.seq[1] and b.seq[cardinality(b.seq)]
	loop
		if q.hash = b.hash[q.seq - b.seq[1] + 1] and hub.store_one(
		    p_station, p_epoch, b, (q.seq - b.seq[1] + 1)::integer)
		then
			delete from hub.quarantine where station = p_station
			and epoch = p_epoch and seq = q.seq;
		end if;
	end loop;
end $$;

create function hub.note_fork(p_station integer, p_epoch bigint, p_seq bigint,
	p_held bytea, p_given bytea) returns void
language sql as $$
	insert into hub.fork (station, epoch, seq, held, given)
	values (p_station, p_epoch, p_seq, p_held, p_given)
	on conflict (station, epoch, seq, given) do update
	set times = fork.times + 1, last_seen = now()
$$;

-- The first seq up to p_seq where the post's hash is not ours. Each hash is
-- over the one before, so that equal ones at the end are equal all the way:
-- only a fork is looked at record by record.
create function hub.fork_begin(p_station integer, p_epoch bigint,
	p_prev_seq bigint, p_prev_hash bytea, p_hash bytea[], p_seq bigint)
returns bigint language sql stable as $$
	select coalesce(min(s), p_seq)
	from generate_series(p_prev_seq, p_seq) s
	where s > 0 and hub.hash_at(p_station, p_epoch, s) <>
		case when s = p_prev_seq then p_prev_hash
		else p_hash[s - p_prev_seq] end
$$;

-- NULL when what the post says of p_seq (not beyond the head) is what is
-- held, else the seq of the fork, which is noted.
create function hub.compare(p_station integer, h hub.head, p_prev_seq bigint,
	p_prev_hash bytea, b hub.batch) returns bigint
language plpgsql as $$
declare
	v_seq bigint := least(p_prev_seq + cardinality(b.seq), h.seq);
	v_given bytea := case when v_seq = p_prev_seq then p_prev_hash
		else b.hash[v_seq - p_prev_seq] end;
	v_held bytea := case when v_seq = h.seq then h.hash
		when v_seq = 0 then decode(repeat('00', 32), 'hex')
		else hub.hash_at(p_station, h.epoch, v_seq) end;
	v_fork bigint;
begin
	if v_held is null or v_held = v_given then
		return null;
	end if;
	v_fork := hub.fork_begin(p_station, h.epoch, p_prev_seq, p_prev_hash,
		b.hash, v_seq);
	perform hub.note_fork(p_station, h.epoch, v_fork,
		coalesce(hub.hash_at(p_station, h.epoch, v_fork), v_held),
		case when v_fork = p_prev_seq then p_prev_hash
		else b.hash[v_fork - p_prev_seq] end);
	return v_fork;
end $$;

create function hub.lock_head(p_station integer, p_epoch bigint,
	p_make boolean) returns hub.head
language plpgsql as $$
declare
	h hub.head;
begin
	if p_make then
		insert into hub.head (station, epoch, seq, hash)
		values (p_station, p_epoch, 0, decode(repeat('00', 32), 'hex'))
		on conflict do nothing;
	end if;
	select * into h from hub.head
	where station = p_station and epoch = p_epoch for update;
	if not found then
		h.epoch := p_epoch;
		h.seq := 0;
		h.hash := decode(repeat('00', 32), 'hex');
	end if;
	return h;
end $$;

-- outcome: taken, fork (forked says where), unknown or revoked; seq and hash:
-- the head afterwards; refused: JSON, of this batch's records.
create function hub.take(p_id text, p_epoch bigint, p_prev_seq bigint,
	p_prev_hash bytea, p_from bigint, p_seq bigint[], p_at bigint[],
	p_hash bytea[], p_key text[], p_schema integer[], p_reason text[],
	p_body text[], p_sealed bytea[],
	out outcome text, out seq bigint, out hash bytea, out forked bigint,
	out refused text)
language plpgsql as $$
declare
	b hub.batch := (p_seq, p_at, p_hash, p_key, p_schema, p_reason,
		p_body, p_sealed);
	v_count integer := cardinality(p_seq);
	v_last bigint := p_prev_seq + v_count;
	v_station integer;
	h hub.head;
begin
	refused := '[]';
	outcome := hub.station_trouble(p_id);
	if outcome <> '' then
		return;
	end if;
	if to_regclass('hub.record_' || to_char(hub.today(), 'YYYYMMDD'))
	    is null then
		perform hub.make_day(hub.today());
	end if;
	select no into v_station from hub.station where id = p_id;
	h := hub.lock_head(v_station, p_epoch, v_count > 0);
	outcome := 'taken';
	seq := h.seq;
	hash := h.hash;
	if p_prev_seq > h.seq then
		-- Not ours to judge what was between, unless it is gone.
		if v_count = 0 or p_from is distinct from p_prev_seq + 1 then
			return;
		end if;
		insert into hub.gap (station, epoch, after, next)
		values (v_station, p_epoch, h.seq, p_from);
		h.seq := p_prev_seq;
	else
		forked := hub.compare(v_station, h, p_prev_seq, p_prev_hash, b);
		if forked is not null then
			outcome := 'fork';
			return;
		end if;
	end if;
	if v_count > 0 and p_prev_seq < h.seq then
		perform hub.release(v_station, p_epoch, b);
	end if;
	if v_last > h.seq then
		perform hub.store(v_station, p_epoch, b,
			(h.seq - p_prev_seq + 1)::integer);
		seq := v_last;
		hash := p_hash[v_count];
		update hub.head set seq = take.seq, hash = take.hash,
			moved = now()
		where station = v_station and epoch = p_epoch;
	end if;
	select coalesce(json_agg(json_build_object('seq', q.seq,
		'reason', q.reason) order by q.seq), '[]')::text
	into refused from hub.quarantine q
	where q.station = v_station and q.epoch = p_epoch
	and q.seq between p_prev_seq + 1 and v_last;
end $$;
