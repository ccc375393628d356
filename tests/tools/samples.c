/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * samples - see samples.h. All persons are invented.
 */
#include "samples.h"

#include "../../src/screen/parts.h"

#include <string.h>

#define AT 1634886207 /* Friday 22 October 2021, 14:03:27 +07:00 */

typedef void (*fill_fn)(struct view *view);

/* ---- parts ---------------------------------------------------------------------- */

static void
fill_post(struct view *view)
{
	SET(view->station_id, "ST-QL1A");
	SET(view->station_name, say(view, "Quốc lộ 1A", "National road 1A"));
	SET(view->officer, say(view, "Ca 1: Trần Văn Bình",
	    "Shift 1: Trần Văn Bình"));
	view->utc_offset_s = 7 * 3600;
	view->at = AT;
	view->clock = CLOCK_CONFIRMED;
	view->link_down_min = 12;
	view->queue_waiting = 37;
	view->register_age_h = 5.2;
	view->battery_percent = 64;
	SET(view->lane.title, "1");
	SET(view->lane.direction, "in");
	view->lane.clears_in_s = -1;
	view->counts = (struct view_counts){ .since = AT - 8 * 3600 - 207,
		.people = { 412, 301 }, .cars = { 187, 131 },
		.motorbikes = { 100, 68 }, .passed = { 379, 289 },
		.turned_back = { 29, 11 }, .health = { 4, 1 },
		.against = { 8, 9 }, .timed = { 398, 290 },
		.timed_ms = { 2428000, 1421000 } };
}

static void
add_recent(struct view *view, int ago_s, const char *who, const char *vehicle,
    enum verdict verdict, const char *outcome, const char *temperature)
{
	struct view_recent *recent = &view->recent[view->nrecent++];

	recent->at = AT - ago_s;
	recent->verdict = verdict;
	recent->correctable = ago_s <= 60;
	SET(recent->direction, "in");
	SET(recent->who, who);
	SET(recent->vehicle, vehicle);
	SET(recent->outcome, outcome);
	SET(recent->temperature, temperature);
}

static void
fill_recent(struct view *view)
{
	add_recent(view, 15, "…123", "83A-123.45", VERDICT_PASS, "passed",
	    say(view, "36,5", "36.5"));
	add_recent(view, 22, "…902", "83A-123.45", VERDICT_PASS, "passed",
	    say(view, "36,7", "36.7"));
	add_recent(view, 47, "…481", "", VERDICT_CHECK, "waiting",
	    say(view, "38,2", "38.2"));
	add_recent(view, 76, "…550", "51F-678.90", VERDICT_STOP,
	    "turned-back", say(view, "36,4", "36.4"));
	add_recent(view, 131, "…077", "83P1-067.89", VERDICT_CHECK, "waiting",
	    say(view, "37,9", "37.9"));
	add_recent(view, 190, "…316", "83A-550.01", VERDICT_STOP,
	    "health-desk", say(view, "36,6", "36.6"));
}

static void
fill_waiting(struct view *view)
{
	view->nwaiting = 2;
	SET(view->waiting[0].who, "…077");
	SET(view->waiting[0].temperature, say(view, "37,9", "37.9"));
	view->waiting[0].due_in_s = 0;
	view->waiting[0].number = 2;
	SET(view->waiting[1].who, "…481");
	SET(view->waiting[1].temperature, say(view, "38,2", "38.2"));
	view->waiting[1].due_in_s = 192;
	view->waiting[1].number = 2;
}

static void
fill_person(struct view *view)
{
	struct view_person *person = &view->lane.person;

	person->present = true;
	SET(person->name, "NGUYỄN THỊ MẪU");
	SET(person->id_label, say(view, "Số CCCD", "ID"));
	SET(person->id, "094300000123");
	SET(person->birth, "15/03/2000");
	SET(person->sex, say(view, "Nữ", "female"));
	SET(person->from, "Mỹ Xuyên, Sóc Trăng");
	SET(person->to, "Phường 2, TP Sóc Trăng");
	SET(person->vehicle, "83A-123.45");
	person->number_aboard = 2;
	SET(person->document, say(view, "Thẻ chưa xác thực",
	    "Card not authenticated"));
	SET(person->temperature, say(view, "36,5", "36.5"));
	SET(person->declaration, say(view, "còn 41 giờ", "41 h left"));
	SET(person->status, say(view, "không có tên (5 giờ)",
	    "not listed (5 h)"));
	SET(person->permit, say(view, "không có", "none"));
	SET(person->last_seen, say(view, "không (24 giờ)", "no (24 h)"));
}

static void
add_reason(struct view *view, const char *rule, enum verdict verdict,
    const char *code, const char *vi, const char *en, const char *vi_advice,
    const char *en_advice)
{
	struct judgement *judgement = &view->lane.judgement;
	struct reason *reason = &judgement->reasons[judgement->nreasons++];

	SET(reason->rule, rule);
	reason->verdict = verdict;
	SET(reason->code, code);
	SET(reason->text[LANGUAGE_VI], vi);
	SET(reason->text[LANGUAGE_EN], en);
	SET(reason->advice[LANGUAGE_VI], vi_advice);
	SET(reason->advice[LANGUAGE_EN], en_advice);
	if (judgement->nreasons == 1 || verdict > judgement->verdict)
		judgement->verdict = verdict;
}

static void
fill_verdict(struct view *view, const char *id, const char *outcome)
{
	fill_person(view);
	view->lane.phase = PHASE_VERDICT;
	view->lane.recorded = RECORDED_DONE;
	SET(view->lane.record_id, id);
	SET(view->lane.outcome, outcome);
}

/* ---- views ------------------------------------------------------------------------- */

static void
fill_ready(struct view *view)
{
	fill_recent(view);
	fill_waiting(view);
	view->ntroubles = 1;
	SET(view->troubles[0], say(view, "MẤT máy đo nhiệt 2",
	    "Thermometer 2 lost"));
}

/* As in a post that has just been switched on. */
static void
fill_morning(struct view *view)
{
	view->clock = CLOCK_UNCONFIRMED;
	view->link_down_min = -2;
	view->register_age_h = -1;
	view->battery_percent = -1;
	view->demo = true;
	view->officer[0] = '\0';
	view->counts = (struct view_counts){ .since = AT };
	SET(view->lane.hint, "dark");
}

static void
fill_gather(struct view *view)
{
	fill_recent(view);
	view->lane.phase = PHASE_GATHER;
	fill_person(view);
	view->lane.person.temperature[0] = '\0';
	view->lane.needs_temperature = true;
}

static void
fill_gather_document(struct view *view)
{
	fill_recent(view);
	view->lane.phase = PHASE_GATHER;
	SET(view->lane.person.temperature, say(view, "36,5", "36.5"));
	view->lane.needs_identity = true;
	SET(view->lane.vehicle, "83A-123.45");
	SET(view->lane.notice, say(view, "Không đọc được mã: đưa lại",
	    "Code not readable: show it again"));
	view->lane.notice_bad = true;
}

static void
fill_repeat(struct view *view)
{
	fill_recent(view);
	fill_person(view);
	view->lane.phase = PHASE_REPEAT;
	view->lane.repeat_min = 6;
}

static void
fill_pass(struct view *view)
{
	fill_verdict(view, "ST-QL1A/7f3a91c2/413", "passed");
	view->lane.judgement.verdict = VERDICT_PASS;
	view->lane.clears_in_s = 28;
	view->ntroubles = 1;
	SET(view->troubles[0], say(view, "MẤT máy đo nhiệt 2",
	    "Thermometer 2 lost"));
}

static void
fill_check(struct view *view)
{
	fill_verdict(view, "ST-QL1A/7f3a91c2/414", "waiting");
	SET(view->lane.person.temperature, say(view, "38,2", "38.2"));
	view->lane.person.temperature_doubt = true;
	view->register_age_h = 50;
	view->lane.people_waiting = 1;
	add_reason(view, "fever", VERDICT_CHECK, "",
	    "Sốt 38,2 (ngưỡng 37,5)", "Fever 38.2 (limit 37.5)",
	    "Mời ra ghế chờ 5 phút, đo lại lần 2.",
	    "Ask them to wait 5 minutes, then measure again.");
	add_reason(view, "declaration", VERDICT_CHECK, "",
	    "Khai báo hết hạn 3 giờ", "Declaration expired 3 h ago",
	    "Khai lại: K, hoặc mã mới.", "A new declaration, or a new code.");
}

static void
fill_check_many(struct view *view)
{
	fill_check(view);
	SET(view->lane.outcome, "");
	view->lane.recorded = RECORDED_LATE;
	view->lane.person.nwarnings = 1;
	SET(view->lane.person.warnings[0], say(view,
	    "Số CCCD không khớp ngày sinh", "Number does not fit birth date"));
	add_reason(view, "list-age", VERDICT_CHECK, "", "Danh sách cũ 50 giờ",
	    "Lists 50 h old", "", "");
	add_reason(view, "mismatch", VERDICT_CHECK, "",
	    "Tên trên thẻ khác tờ khai", "Card and declaration names differ",
	    "", "");
	add_reason(view, "zone", VERDICT_CHECK, "", "Đến từ vùng phong tỏa",
	    "From a locked-down area", "", "");
}

static void
fill_stop(struct view *view)
{
	fill_verdict(view, "ST-QL1A/7f3a91c2/415", "health-desk");
	view->lane.pass_needs_leader = true;
	view->lane.told = TOLD_OFFLINE;
	add_reason(view, "f0", VERDICT_STOP, "Y1", "Cần y tế xử lý",
	    "Health desk to decide", "Mời ngồi ghế riêng, gọi y tế.",
	    "Offer a separate seat, call the health desk.");
	add_reason(view, "zone", VERDICT_CHECK, "",
	    "Đến từ vùng phong tỏa, không có giấy đi đường",
	    "From a locked-down area, without a permit",
	    "Đối chiếu thẻ trước khi giữ người.",
	    "Compare the card before holding anybody.");
}

static void
fill_stop_told(struct view *view)
{
	fill_stop(view);
	view->link_down_min = -1;
	view->queue_waiting = 0;
	view->lane.told = TOLD_DONE;
}

static void
fill_fault(struct view *view)
{
	fill_stop(view);
	view->lane.recorded = RECORDED_FAULT;
	SET(view->lane.record_fault, "disk full");
	SET(view->lane.record_id, "");
}

static void
fill_form(struct view *view)
{
	fill_ready(view);
	view->window = WINDOW_FORM;
	form_open(&view->form, FORM_NUMBER);
	SET(view->form.text, "0943000");
	SET(view->form.problem, say(view,
	    "Số CCCD có 12 số, số CMND có 9 số",
	    "A number has 12 digits, an old one 9"));
}

static void
fill_temperature(struct view *view)
{
	fill_gather(view);
	view->window = WINDOW_FORM;
	form_open(&view->form, FORM_TEMPERATURE);
	SET(view->form.text, "36");
}

static void
fill_choice(struct view *view)
{
	static const char *const vi[] = { "Cấp cứu", "Công vụ",
		"Giấy tờ giấy hợp lệ", "Máy đo sai", "Lệnh trưởng ca", "Khác" };
	static const char *const en[] = { "Emergency", "On duty",
		"Valid on paper", "Device wrong", "Leader's order", "Other" };

	fill_check(view);
	view->window = WINDOW_CHOICE;
	SET(view->choice_title, say(view, "Chọn lý do cho qua",
	    "Choose a reason"));
	for (size_t i = 0; i < nitems(vi); i++)
		SET(view->choices[i], say(view, vi[i], en[i]));
	view->nchoices = nitems(vi);
}

static void
fill_help(struct view *view)
{
	fill_ready(view);
	view->window = WINDOW_HELP;
}

static void
fill_help_stop(struct view *view)
{
	fill_stop(view);
	view->window = WINDOW_HELP;
}

static void
fill_detail(struct view *view)
{
	fill_stop(view);
	view->window = WINDOW_DETAIL;
	SET(view->detail[0], say(view, "f0: F0 từ 12/08, đến 02/09",
	    "f0: F0 since 12 Aug, ends 2 Sep"));
	SET(view->detail[1], say(view, "nguồn: TTYT huyện Mỹ Xuyên",
	    "source: district health centre"));
	SET(view->detail[2], say(view, "zone: nơi đi cấp 4, nơi đến cấp 2",
	    "zone: origin level 4, destination level 2"));
	SET(view->detail[3], say(view, "bộ quy tắc: 2021-10-15 Sóc Trăng",
	    "pack: 2021-10-15 Sóc Trăng"));
	view->ndetail = 4;
}

static void
fill_waiting_window(struct view *view)
{
	fill_ready(view);
	view->window = WINDOW_WAITING;
}

static void
fill_training(struct view *view)
{
	view->training = true;
}

static void
fill_surge(struct view *view)
{
	fill_ready(view);
	view->surge_min = 12;
}

static void
fill_venue(struct view *view)
{
	fill_ready(view);
	view->inside = 37;
	view->capacity = 100;
}

static void
fill_found(struct view *view)
{
	fill_ready(view);
	view->window = WINDOW_FOUND;
	view->nfound = 2;
	view->found[0] = view->recent[0];
	view->found[1] = view->recent[2];
}

static void
fill_chart(struct view *view)
{
	static const int people[] = { 4, 31, 57, 40, 22, 9, 1 };
	static const int temps[CHART_TEMPS] = { 0, 1, 6, 40, 98, 31, 4, 1, 0,
		1 };

	fill_ready(view);
	view->window = WINDOW_CHART;
	view->chart.first_hour = 15;
	for (size_t i = 0; i < nitems(people); i++) {
		view->chart.hours[CHART_HOURS - nitems(people) + i][0] =
		    people[i] / 2;
		view->chart.hours[CHART_HOURS - nitems(people) + i][1] =
		    people[i] - people[i] / 2;
	}
	view->chart.verdicts[0] = 141;
	view->chart.verdicts[1] = 19;
	view->chart.verdicts[2] = 4;
	memcpy(view->chart.temps, temps, sizeof(temps));
}

/* Lane 2 is worked on, lane 1 stands to its left. */
static void
fill_beside(struct view *view)
{
	fill_stop(view);
	view->beside = view->lane;
	fill_pass(view);
	view->has_beside = view->beside_left = true;
	SET(view->beside.title, "2");
}

static const struct {
	const char *name;
	fill_fn fill;
} samples[] = {
	{ "ready", fill_ready },
	{ "morning", fill_morning },
	{ "gather", fill_gather },
	{ "gather-document", fill_gather_document },
	{ "repeat", fill_repeat },
	{ "pass", fill_pass },
	{ "check", fill_check },
	{ "check-many", fill_check_many },
	{ "stop", fill_stop },
	{ "stop-told", fill_stop_told },
	{ "fault", fill_fault },
	{ "form", fill_form },
	{ "temperature", fill_temperature },
	{ "chart", fill_chart },
	{ "beside", fill_beside },
	{ "surge", fill_surge },
	{ "training", fill_training },
	{ "venue", fill_venue },
	{ "found", fill_found },
	{ "choice", fill_choice },
	{ "help", fill_help },
	{ "help-stop", fill_help_stop },
	{ "detail", fill_detail },
	{ "waiting", fill_waiting_window },
};

const char *
sample_name(size_t i)
{
	const struct sample_over *over;

	if (i < nitems(samples))
		return samples[i].name;
	over = sample_over(i - nitems(samples));
	return over != NULL ? over->name : NULL;
}

static bool
fill_own(const char *name, struct view *view)
{
	for (size_t i = 0; i < nitems(samples); i++) {
		if (strcmp(samples[i].name, name) == 0) {
			samples[i].fill(view);
			return true;
		}
	}
	return false;
}

bool
sample_fill(const char *name, enum language language, struct view *view)
{
	const struct sample_over *over;

	memset(view, 0, sizeof(*view));
	view->language = language;
	words_use(language);
	fill_post(view);
	for (size_t i = 0; (over = sample_over(i)) != NULL; i++) {
		if (strcmp(over->name, name) == 0) {
			fill_own(over->on, view);
			over->fill(view);
			return true;
		}
	}
	return fill_own(name, view);
}
