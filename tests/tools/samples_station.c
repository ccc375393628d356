/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * samples_station - windows that the station's own modules fill here as they
 * do at a post: log-in, the pages of key P, messages, devices, forms. All
 * persons are invented.
 */
#include "samples.h"

#include "../../src/station/parts.h"

#include <stdlib.h>
#include <string.h>

/* ---- who works, and the pages of the post --------------------------------------- */

struct post {
	struct conf conf;
	struct station st;
	struct post_lane lane;
	struct office office;
	struct moment m;
};

static const struct duty_officer officers[] = {
	{ "binh", "Trần Văn Bình", OFFICER_PLAIN, "" },
	{ "mau", "Lý Thị Mẫu", OFFICER_MEDICAL, "" },
	{ "thu", "Kim Văn Thử", OFFICER_LEADER, "" },
	{ "thach", "Thạch Mẫu", OFFICER_ADMINISTRATOR, "" },
	{ "do", "Đỗ Thị Thử", OFFICER_PLAIN, "" },
	{ "phan", "Phan Văn Mẫu", OFFICER_PLAIN, "" },
	{ "lam", "Lâm Thị Mẫu", OFFICER_MEDICAL, "" },
	{ "son", "Sơn Văn Thử", OFFICER_PLAIN, "" },
	{ "ha", "Hà Văn Mẫu", OFFICER_PLAIN, "" },
};

/* An officer has been at work since 06:00. */
static struct post *
post_of(const struct view *view)
{
	struct post *p = calloc(1, sizeof(*p));

	if (p == NULL)
		mem_none();
	SET(p->conf.mode, "attended");
	SET(p->conf.power_off, "poweroff");
	p->conf.utc_offset_s = view->utc_offset_s;
	p->m = (struct moment){ .now_ms = 1000000, .wall = view->at,
		.clock = CLOCK_CONFIRMED };
	p->st.conf = &p->conf;
	p->st.lanes = &p->lane;
	p->st.nlanes = 1;
	p->st.office = &p->office;
	p->st.shift.counts = view->counts;
	p->lane.session.phase = view->lane.phase;
	p->office.st = &p->st;
	p->office.book = (struct book){ .open = true, .number = 1,
		.name = "Trần Văn Bình" };
	duty_init(&p->office.duty);
	duty_roster(&p->office.duty, nitems(officers));
	for (size_t i = 0; i < nitems(officers); i++)
		duty_roster_one(&p->office.duty, &officers[i]);
	duty_begin(&p->office.duty, "binh");
	return p;
}

static void
press(struct post *p, const char *keys)
{
	enum duty_event event;

	for (; *keys != '\0'; keys++) {
		struct input input = { .kind = INPUT_ACTION,
			.character = { *keys } };

		duty_input(&p->office.duty, &input, &p->m, &event);
	}
}

static void
show(struct post *p, struct view *view)
{
	office_view(&p->st, &p->m, view);
	inbox_clear(&p->office.inbox);
	free(p);
}

static void
fill_page(struct view *view, enum office_page page)
{
	struct post *p = post_of(view);

	p->office.page = page;
	show(p, view);
}

static void
fill_log_in(struct view *view)
{
	struct post *p = post_of(view);

	duty_log_out(&p->office.duty, &p->m);
	show(p, view);
}

static void
fill_pin(struct view *view)
{
	struct post *p = post_of(view);

	duty_log_out(&p->office.duty, &p->m);
	press(p, "11234");
	p->office.duty.wait_ms = p->m.now_ms + 30000;
	show(p, view);
}

static void
fill_locked(struct view *view)
{
	struct post *p = post_of(view);

	duty_lock(&p->office.duty, &p->m);
	show(p, view);
}

/* A STOP that only a leader lets pass: the verdict stays. */
static void
fill_leader(struct view *view)
{
	struct post *p = post_of(view);

	duty_ask_right(&p->office.duty, RIGHT_STOP, &p->m);
	press(p, "12");
	show(p, view);
}

static void
fill_medical(struct view *view)
{
	struct post *p = post_of(view);

	view->lane.judgement.nreasons = 1;
	duty_ask_right(&p->office.duty, RIGHT_CLEAR, &p->m);
	show(p, view);
}

static void
fill_take_over(struct view *view)
{
	struct post *p = post_of(view);

	duty_ask(&p->office.duty, DUTY_TAKE_OVER, &p->m);
	show(p, view);
}

static void
fill_post_page(struct view *view)
{
	fill_page(view, PAGE_POST);
}

static void
fill_sheet(struct view *view)
{
	view->counts.foreigners[0] = 3;
	view->counts.declarations[0] = 398;
	view->counts.declarations[1] = 290;
	view->counts.checked[0] = 61;
	view->counts.checked[1] = 22;
	view->counts.anyway[0] = 8;
	view->counts.anyway[1] = 9;
	view->counts.device_faults = 2;
	fill_page(view, PAGE_SHEET);
}

static void
fill_end(struct view *view)
{
	fill_page(view, PAGE_END);
}

static void
fill_accept(struct view *view)
{
	fill_page(view, PAGE_DOUBT);
}

static void
fill_accept_why(struct view *view)
{
	fill_page(view, PAGE_WHY);
}

static void
fill_accept_hours(struct view *view)
{
	fill_page(view, PAGE_HOURS);
}

static void
fill_off(struct view *view)
{
	fill_page(view, PAGE_OFF);
}

static void
fill_set_time(struct view *view)
{
	struct post *p = post_of(view);

	form_open(&p->office.form, FORM_CLOCK);
	SET(p->office.form.text, "1403");
	p->office.page = PAGE_TIME;
	show(p, view);
}

/* ---- messages of the hub ----------------------------------------------------------- */

static void
hear(struct inbox *inbox, const char *mark, bool urgent, const char *text)
{
	char line[EVENT_LINE_MAX];
	int n = snprintf(line, sizeof(line), "message %s %d 1634886000 a.txt ",
	    mark, urgent);

	hex_print((const unsigned char *)text, strlen(text), line + n);
	inbox_line(inbox, line);
}

static struct post *
mail_of(const struct view *view)
{
	struct post *p = post_of(view);
	struct inbox *inbox = &p->office.inbox;
	char read[] = "read 0000000000000003 binh";

	hear(inbox, "0000000000000001", true, say(view,
	    "Từ 16:00 xe luồng xanh đi làn 2.\n\n"
	    "Xe đã đăng ký luồng xanh không dừng ở làn 1 nữa. Cán bộ làn 1 "
	    "chỉ tay cho xe sang làn 2, không giữ giấy tờ.",
	    "Green-lane trucks use lane 2 from 16:00.\n\n"
	    "Registered trucks do not stop in lane 1 any more. The officer at "
	    "lane 1 waves them to lane 2 and keeps no papers."));
	hear(inbox, "0000000000000002", false, say(view,
	    "Mẫu tờ khai mới có ở trạm y tế xã",
	    "New paper forms are at the commune's health station"));
	hear(inbox, "0000000000000003", false, say(view,
	    "Họp giao ban 7:00 thứ hai", "Briefing on Monday at 7:00"));
	inbox_line(inbox, read);
	p->office.page = PAGE_MAIL;
	return p;
}

static void
fill_messages(struct view *view)
{
	show(mail_of(view), view);
}

static void
fill_message(struct view *view)
{
	struct post *p = mail_of(view);
	struct input input = { .kind = INPUT_CHARACTER, .character = "1" };

	inbox_input(&p->office.inbox, &input, "binh");
	show(p, view);
}

/* ---- devices --------------------------------------------------------------------------- */

static void
add_device(struct view *view, const struct device_state *state, int64_t now_ms)
{
	device_line(state, now_ms, view->detail[view->ndetail++]);
	if (state->raw[0] != '\0')
		device_raw_line(state, now_ms, view->detail[view->ndetail++]);
}

static void
fill_devices(struct view *view)
{
	struct device_state list[] = {
		{ .heard = true, .last_ms = 3000 },
		{ .heard = true, .last_ms = 8000 },
		{ .heard = true, .lost = true, .faults = 2, .last_ms = 1000 },
		{ .heard = true },
	};

	SET(list[0].name, say(view, "Máy quét 1", "Scanner 1"));
	SET(list[0].last, say(view, "qr, 150 byte", "qr, 150 bytes"));
	SET(list[1].name, say(view, "Máy đo nhiệt 1", "Thermometer 1"));
	SET(list[1].last, say(view, "36,50 (35,70), tốt",
	    "36.50 (35.70), good"));
	SET(list[2].name, say(view, "Máy đo nhiệt 2", "Thermometer 2"));
	SET(list[2].last, say(view, "36,80 (35,90), tốt",
	    "36.80 (35.90), good"));
	SET(list[2].words, say(view, "đã rút ra", "unplugged"));
	SET(list[3].name, say(view, "Máy in", "Printer"));
	view->window = WINDOW_DEVICES;
	for (size_t i = 0; i < nitems(list); i++)
		add_device(view, &list[i], 712000);
}

/* A leader looks at what they send. */
static void
fill_devices_bytes(struct view *view)
{
	struct device_state scanner = { .heard = true, .last_ms = 3000,
		.raw_ms = 3000, .raw = "....7C........7C....0D0A" };
	struct device_state thermometer = { .heard = true, .last_ms = 8000,
		.raw_ms = 8000, .raw = "5A5A45040BF60CA8A2" };

	SET(scanner.name, say(view, "Máy quét 1", "Scanner 1"));
	SET(scanner.last, say(view, "qr, 150 byte", "qr, 150 bytes"));
	SET(thermometer.name, say(view, "Máy đo nhiệt 1", "Thermometer 1"));
	SET(thermometer.last, say(view, "36,50 (35,70), tốt",
	    "36.50 (35.70), good"));
	view->window = WINDOW_DEVICES;
	add_device(view, &scanner, 12000);
	add_device(view, &thermometer, 12000);
}

/* ---- what is typed -------------------------------------------------------------------- */

static void
fill_form(struct view *view, enum form_kind kind, const char *text)
{
	view->window = WINDOW_FORM;
	form_open(&view->form, kind);
	SET(view->form.text, text);
}

static void
fill_plate(struct view *view)
{
	fill_form(view, FORM_PLATE, "83A12345");
}

static void
fill_clock(struct view *view)
{
	fill_form(view, FORM_CLOCK, "");
}

static void
fill_clock_typed(struct view *view)
{
	fill_form(view, FORM_CLOCK, "140322");
}

static void
fill_minutes(struct view *view)
{
	fill_form(view, FORM_MINUTES, "30");
}

static void
fill_inside(struct view *view)
{
	view->inside = 37;
	view->capacity = 100;
	fill_form(view, FORM_INSIDE, "42");
}

static void
fill_search(struct view *view)
{
	fill_form(view, FORM_SEARCH, "83A-12");
}

/* With a problem where there is most to be said. */
static void
fill_paper(struct view *view, enum paper_kind kind, const char *method)
{
	struct post *p = post_of(view);
	struct paper paper;

	SET(p->conf.typing, method);
	p->lane.session.setup.conf = &p->conf;
	SET(p->lane.session.direction, "in");
	paper_open(&paper, kind, &p->lane.session);
	free(p);
	view->window = WINDOW_FIELDS;
	view->fields = paper.fields;
}

static void
fill_declaration(struct view *view)
{
	struct fields *fields = &view->fields;

	fill_paper(view, PAPER_DECLARATION, "telex");
	fields_fill(fields, "name", "Nguyễn Thị Mẫu");
	fields_fill(fields, "number", "094300000123");
	fields_fill(fields, "birth", "15032000");
	fields_fill(fields, "from", "Mỹ Xuyên, Sóc Trăng");
	fields->at = 3;
}

/* Over a verdict, all fields shown, and something wrong. */
static void
fill_declaration_more(struct view *view)
{
	fill_paper(view, PAPER_DECLARATION, "vni");
	view->fields.more = true;
	fields_fill(&view->fields, "birth", "1503");
	fields_fill(&view->fields, "symptoms", "no");
	fields_refuse(&view->fields, "birth", say(view,
	    "Ngày, tháng, năm: 15032000; hoặc chỉ năm",
	    "Day, month, year: 15032000; or the year alone"));
}

static void
fill_logbook(struct view *view)
{
	fill_paper(view, PAPER_LOGBOOK, "telex");
	fields_fill(&view->fields, "time", "1315");
	fields_fill(&view->fields, "plate", "83A12345");
	fields_fill(&view->fields, "outcome", "passed");
	view->fields.at = 5;
}

static void
fill_zone(struct view *view)
{
	fill_paper(view, PAPER_ZONE, "telex");
	fields_fill(&view->fields, "line1",
	    "P<VNMNGUYEN<<THI<MAU<<<<<<<<<<<<<<<<<<<<<<<<");
	view->fields.at = 1;
}

static const struct sample_over overs[] = {
	{ "log-in", "ready", fill_log_in },
	{ "pin", "ready", fill_pin },
	{ "locked", "ready", fill_locked },
	{ "leader", "stop", fill_leader },
	{ "medical", "stop", fill_medical },
	{ "take-over", "ready", fill_take_over },
	{ "post", "ready", fill_post_page },
	{ "post-verdict", "check", fill_post_page },
	{ "sheet", "ready", fill_sheet },
	{ "sheet-verdict", "check", fill_sheet },
	{ "end", "ready", fill_end },
	{ "accept", "ready", fill_accept },
	{ "accept-why", "ready", fill_accept_why },
	{ "accept-hours", "ready", fill_accept_hours },
	{ "off", "ready", fill_off },
	{ "set-time", "ready", fill_set_time },
	{ "messages", "ready", fill_messages },
	{ "message", "ready", fill_message },
	{ "devices", "ready", fill_devices },
	{ "devices-bytes", "ready", fill_devices_bytes },
	{ "plate", "gather", fill_plate },
	{ "clock", "morning", fill_clock },
	{ "clock-typed", "morning", fill_clock_typed },
	{ "minutes", "ready", fill_minutes },
	{ "inside", "venue", fill_inside },
	{ "search", "ready", fill_search },
	{ "fields", "ready", fill_declaration },
	{ "fields-check", "check", fill_declaration_more },
	{ "logbook", "ready", fill_logbook },
	{ "zone", "ready", fill_zone },
};

const struct sample_over *
sample_station(size_t i)
{
	return i < nitems(overs) ? &overs[i] : NULL;
}
