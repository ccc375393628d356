-- SPDX-License-Identifier: GPL-3.0-or-later
-- Lists only for the machine that is the post now, as records are taken from
-- it alone: the one before it may be in a thief's hands.

alter function hub.register_since(text, bigint) rename to register_pieces;

create function hub.register_since(p_id text, p_generation integer,
	p_since bigint, out trouble text, out latest bigint, out pieces text)
language plpgsql stable as $$
begin
	pieces := '[]';
	trouble := hub.station_trouble(p_id, p_generation);
	if trouble = '' then
		select r.trouble, r.latest, r.pieces
		into trouble, latest, pieces
		from hub.register_pieces(p_id, p_since) r;
	end if;
end $$;
