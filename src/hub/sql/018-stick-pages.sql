-- SPDX-License-Identifier: GPL-3.0-or-later
-- A status page may come by stick: it was said when it was made, as far as the
-- post's clock can be believed, and takes no later one's place.

drop function hub.put_status(text, integer, text, text);
create function hub.put_status(p_id text, p_generation integer,
	p_program text, p_page text, p_made text) returns text
language plpgsql as $$
declare
	v_trouble text := hub.station_trouble(p_id, p_generation);
	v_said timestamptz := now();
	v_page jsonb;
begin
	if v_trouble <> '' then
		return v_trouble;
	end if;
	if p_made <> '' then
		v_said := least(v_said, p_made::timestamptz);
	end if;
	v_page := hub.status_page(p_page::jsonb);
	if length(v_page::text) > 16384 then
		return 'form';
	end if;
	insert into hub.status as s
	select no, p_program, v_said, v_page
	from hub.station where id = p_id
	on conflict (station) do update set program = excluded.program,
		said = excluded.said, page = excluded.page
		where s.said <= excluded.said;
	return '';
exception when data_exception or program_limit_exceeded then
	return 'form'; -- JSON, or a time, that PostgreSQL does not take
end $$;
