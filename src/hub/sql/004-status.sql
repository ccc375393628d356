-- SPDX-License-Identifier: GPL-3.0-or-later
-- What posts say of themselves: the latest page of each.

create table hub.status (
	station integer primary key references hub.station,
	program text not null,
	said timestamptz not null,
	page jsonb not null
) with (fillfactor = 50);

-- '' or a word of openapi.yaml.
create function hub.put_status(p_id text, p_program text, p_page text)
returns text language plpgsql as $$
declare
	v_trouble text := hub.station_trouble(p_id);
begin
	if v_trouble = '' then
		insert into hub.status
		select no, p_program, now(), p_page::jsonb
		from hub.station where id = p_id
		on conflict (station) do update set program = excluded.program,
			said = excluded.said, page = excluded.page;
	end if;
	return v_trouble;
exception when data_exception or program_limit_exceeded then
	return 'form'; -- JSON that PostgreSQL does not take
end $$;
