/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * samples_office - what stands on the screen instead of a lane or over it: the
 * citizens' page, log-in, the pages of the post and of its machine. The words
 * of a window are the station's; these are as it would say them. All persons
 * are invented.
 */
#include "samples.h"

#include <string.h>

#define SET(field, text) snprintf(field, sizeof(field), "%s", text)

/* The text in the view's language. */
static const char *
say(const struct view *view, const char *vi, const char *en)
{
	return view->language == LANGUAGE_VI ? vi : en;
}

/* ---- citizens ----------------------------------------------------------------------- */

static void
fill_citizen(struct view *view)
{
	view->citizen = true;
	view->ntroubles = 0;
}

/* Somebody stands there: of the card nothing is shown. */
static void
fill_citizen_dark(struct view *view)
{
	fill_citizen(view);
	SET(view->lane.hint, "dark");
}

static void
fill_citizen_trouble(struct view *view)
{
	view->citizen = true;
}

/* ---- windows ------------------------------------------------------------------------ */

static void
open_panel(struct view *view, const char *vi, const char *en, bool covers)
{
	view->window = WINDOW_PANEL;
	SET(view->panel.title, say(view, vi, en));
	view->panel.covers = covers;
	if (covers)
		SET(view->officer, say(view, "chưa ai đăng nhập",
		    "nobody is logged in"));
}

static void
add_line(struct view *view, const char *vi, const char *en)
{
	SET(view->panel.lines[view->panel.nlines], say(view, vi, en));
	view->panel.nlines++;
}

static void
add_choice(struct view *view, char key, const char *vi, const char *en)
{
	struct view_panel *panel = &view->panel;

	panel->choices[panel->nchoices].key = key;
	SET(panel->choices[panel->nchoices].text, say(view, vi, en));
	panel->nchoices++;
}

static void
fill_log_in(struct view *view)
{
	open_panel(view, "Đăng nhập: quét thẻ cán bộ, hoặc chọn tên",
	    "Log in: scan the badge, or pick a name", true);
	add_choice(view, '1', "Trần Văn Bình, cán bộ", "Trần Văn Bình, officer");
	add_choice(view, '2', "Lý Thị Mẫu, y tế", "Lý Thị Mẫu, medical");
	add_choice(view, '3', "Kim Văn Thử, trưởng ca",
	    "Kim Văn Thử, shift leader");
	add_choice(view, '4', "Thạch Mẫu, quản trị",
	    "Thạch Mẫu, administrator");
	add_choice(view, '5', "Đỗ Thị Thử, cán bộ", "Đỗ Thị Thử, officer");
	add_choice(view, '6', "Phan Văn Mẫu, cán bộ", "Phan Văn Mẫu, officer");
	add_choice(view, '7', "Lâm Thị Mẫu, y tế", "Lâm Thị Mẫu, medical");
	add_choice(view, '8', "Sơn Văn Thử, cán bộ", "Sơn Văn Thử, officer");
	add_choice(view, '9', "tên khác", "more names");
	view->panel.stays = true;
}

static void
fill_pin(struct view *view)
{
	open_panel(view, "Đăng nhập: quét thẻ cán bộ, hoặc chọn tên",
	    "Log in: scan the badge, or pick a name", true);
	add_line(view, "PIN của Trần Văn Bình, rồi Enter",
	    "PIN of Trần Văn Bình, then Enter");
	view->panel.asks = true;
	SET(view->panel.typed, "****");
	SET(view->panel.problem, say(view, "PIN sai nhiều lần: chờ 30 giây",
	    "Wrong PINs: wait 30 s"));
}

/* Who works keeps the post; the PIN is theirs. */
static void
fill_locked(struct view *view)
{
	char officer[sizeof(view->officer)];

	SET(officer, view->officer);
	open_panel(view, "Đã khoá: quét thẻ cán bộ", "Locked: scan badge",
	    true);
	SET(view->officer, officer);
	add_line(view, "PIN của Trần Văn Bình, rồi Enter",
	    "PIN of Trần Văn Bình, then Enter");
	view->panel.asks = true;
}

/* A STOP that only a leader lets pass: the verdict stays. */
static void
fill_leader(struct view *view)
{
	open_panel(view, "Cần trưởng ca nhập PIN", "Leader's PIN needed", false);
	add_line(view, "PIN của Kim Văn Thử, rồi Enter",
	    "PIN of Kim Văn Thử, then Enter");
	view->panel.asks = true;
	SET(view->panel.typed, "**");
}

static void
fill_post_page(struct view *view)
{
	open_panel(view, "Chốt", "The post", false);
	add_line(view, "Ca 1: Trần Văn Bình", "Shift 1: Trần Văn Bình");
	add_choice(view, '1', "Đăng nhập cán bộ khác", "Log in another officer");
	add_choice(view, '2', "Phiếu ca này", "Sheet of this shift");
	add_choice(view, '3', "Giao ca / Nhận ca", "Hand over / take over");
	add_choice(view, '4', "Kết thúc ca", "End the shift");
	add_choice(view, '5', "Nhận dữ liệu cũ hoặc giờ máy",
	    "Accept old lists or the clock");
	add_choice(view, '6', "Bắt đầu tập huấn", "Begin training");
	add_choice(view, '7', "Máy", "Machine");
	add_choice(view, '8', "Khoá máy", "Lock the post");
	add_choice(view, '9', "Đăng xuất", "Log out");
}

static void
fill_machine(struct view *view)
{
	open_panel(view, "Máy", "Machine", false);
	add_line(view, "! Đĩa sắp đầy: còn 180 MB",
	    "! Disk nearly full: 180 MB");
	add_line(view,
	    "  Gửi hàng đợi (mạng hoặc USB), rồi gọi hỗ trợ",
	    "  Send the queue (network or USB stick), then call the help desk");
	add_line(view, "Giờ                 14:03 22/10/2021, chuẩn",
	    "Time                14:03 22/10/2021, confirmed");
	add_line(view, "Đĩa                 còn trống 180 MB trên 28 GB",
	    "Disk                180 MB of 28 GB free");
	add_line(view, "Pin                 64%, không có điện lưới",
	    "Battery             64%, no mains");
	add_line(view, "Mạng                cáp rời eth0",
	    "Network             cable out eth0");
	add_line(view, "Nguồn điện          tốt", "Power supply        good");
	add_line(view, "Độ sáng             70 %", "Brightness          70 %");
	add_line(view, "Âm lượng            50 %", "Volume              50 %");
	add_choice(view, '1', "Sáng hơn", "Brighter");
	add_choice(view, '2', "Tối hơn", "Darker");
	add_choice(view, '3', "To hơn", "Louder");
	add_choice(view, '4', "Nhỏ hơn", "Quieter");
	add_choice(view, '5', "Đặt giờ", "Set the time");
	add_choice(view, '6', "Mạng", "Network");
	add_choice(view, '7', "Tắt máy", "Switch the machine off");
}

static void
fill_sheet(struct view *view)
{
	static const struct {
		const char *vi, *en;
		int in, out;
	} rows[] = {
		{ "Người                 ", "People                ", 412, 301 },
		{ "Ô tô                  ", "Cars                  ", 187, 131 },
		{ "Xe máy                ", "Motorbikes            ", 100, 68 },
		{ "Người nước ngoài      ", "Foreigners            ", 3, 1 },
		{ "Có tờ khai            ", "Declarations          ", 398, 290 },
		{ "Cho qua               ", "Let pass              ", 379, 289 },
		{ "Đã kiểm tra           ", "Checked               ", 61, 22 },
		{ "Quay đầu              ", "Turned back           ", 29, 11 },
		{ "Bàn y tế              ", "Health desk           ", 4, 1 },
		{ "Vẫn cho qua           ", "Let pass anyway       ", 8, 9 },
		{ "Khác máy              ", "Against the verdict   ", 8, 9 },
	};
	char text[VIEW_TEXT_MAX];

	open_panel(view, "Phiếu ca", "Sheet of the shift", false);
	add_line(view, "Ca 1: Trần Văn Bình", "Shift 1: Trần Văn Bình");
	add_line(view, "06:00 22/10/2021 đến 14:03 22/10/2021",
	    "06:00 22/10/2021 to 14:03 22/10/2021");
	add_line(view, "                           VÀO      RA",
	    "                            IN     OUT");
	for (size_t i = 0; i < nitems(rows); i++) {
		snprintf(text, sizeof(text), "%s%8d%8d", say(view, rows[i].vi,
		    rows[i].en), rows[i].in, rows[i].out);
		add_line(view, text, text);
	}
	add_line(view, "Thiết bị hỏng (lần)          2",
	    "Device faults                2");
}

/* With all that a header may have to say beside it. */
static void
fill_doubt(struct view *view)
{
	view->register_age_h = 50;
	SET(view->doubt, say(view, "Dữ liệu cũ: trưởng ca nhận đến 18:00",
	    "Old data accepted until 18:00"));
	SET(view->doubt_brief, say(view, "nhận đến 18:00",
	    "accepted until 18:00"));
	view->mains = true;
}

/* Three lanes beside the one at hand, which keeps its screen. */
static void
fill_lanes(struct view *view)
{
	static const struct view_other others[] = {
		{ "2", "out", PHASE_VERDICT, VERDICT_STOP, 72 },
		{ "3", "in", PHASE_READY, VERDICT_PASS, 0 },
		{ "4", "out", PHASE_VERDICT, VERDICT_PASS, 5 },
	};

	view->nothers = nitems(others);
	memcpy(view->others, others, sizeof(others));
}

/* An administrator is at work, who decides about nobody. */
static void
fill_closed(struct view *view)
{
	view->closed = true;
	SET(view->officer, say(view, "Thạch Mẫu, quản trị",
	    "Thạch Mẫu, administrator"));
}

/* Somebody scans all the same. */
static void
fill_closed_scan(struct view *view)
{
	fill_closed(view);
	SET(view->lane.notice, say(view,
	    "Quản trị không quyết định: mời cán bộ đăng nhập",
	    "An administrator decides about nobody: log in an officer"));
	view->lane.notice_bad = true;
}

static void
fill_held(struct view *view)
{
	SET(view->lane.held, say(view, "36,5", "36.5"));
}

static void
fill_recording(struct view *view)
{
	view->lane.recorded = RECORDED_NOT_YET;
	view->lane.told = TOLD_NOT_YET;
	SET(view->lane.record_id, "");
}

/* 32 records without an answer: nothing more is confirmed. */
static void
fill_full(struct view *view)
{
	view->lane.recorded = RECORDED_LATE;
	SET(view->lane.record_id, "");
	SET(view->lane.notice, say(view, "Không ghi thêm được nữa: viết giấy",
	    "Nothing more can be recorded: write on paper"));
	view->lane.notice_bad = true;
}

static void
fill_surge_pass(struct view *view)
{
	view->surge_min = 12;
	view->lane.clears_in_s = 2;
}

static void
fill_late(struct view *view)
{
	view->ntroubles = 1;
	SET(view->troubles[0], say(view,
	    "ĐÃ QUA, nay DỪNG LẠI: báo chốt sau (…123)",
	    "PASSED, NOW STOP: tell the next post (…123)"));
}

static void
add_pick(struct view *view, const char *vi, const char *en)
{
	SET(view->choices[view->nchoices], say(view, vi, en));
	view->nchoices++;
}

static void
open_choice(struct view *view, const char *vi, const char *en)
{
	view->window = WINDOW_CHOICE;
	SET(view->choice_title, say(view, vi, en));
}

/* Sent to the health desk for each reason, who comes back from it. */
static void
fill_choice_medical(struct view *view)
{
	view->lane.judgement.nreasons = 1;
	open_choice(view, "Chọn lý do cho qua", "Choose a reason");
	add_pick(view, "Cấp cứu", "Emergency");
	add_pick(view, "Công vụ", "On duty");
	add_pick(view, "Giấy tờ giấy hợp lệ", "Valid on paper");
	add_pick(view, "Máy đo sai", "Device wrong");
	add_pick(view, "Lệnh trưởng ca", "Leader's order");
	add_pick(view, "Khác", "Other");
	add_pick(view, "Y tế đã khám, cho qua", "Cleared by the medical staff");
}

static void
fill_medical(struct view *view)
{
	view->lane.judgement.nreasons = 1;
	open_panel(view, "Cần cán bộ y tế nhập PIN",
	    "PIN of the medical staff needed", false);
	add_choice(view, '1', "Lý Thị Mẫu, y tế", "Lý Thị Mẫu, medical");
	add_choice(view, '2', "Lâm Thị Mẫu, y tế", "Lâm Thị Mẫu, medical");
}

static void
fill_correct(struct view *view)
{
	open_choice(view, "Sửa quyết định", "Correct the decision");
	add_pick(view, "Cho qua", "Let pass");
	add_pick(view, "Quay đầu", "Turn back");
	add_pick(view, "Chuyển bàn y tế", "To health desk");
	add_pick(view, "Giữ lại, bàn giao", "Hold, hand over");
	add_pick(view, "Bỏ đi", "Left");
}

static void
fill_reprint(struct view *view)
{
	view->lane.prints = true;
	open_choice(view, "Phiếu này đã in rồi",
	    "This slip was printed before");
	add_pick(view, "In lại", "Print again");
	add_pick(view, "Thôi", "Leave it");
}

static const struct sample_over overs[] = {
	{ "citizen", "ready", fill_citizen },
	{ "citizen-dark", "gather", fill_citizen_dark },
	{ "citizen-pass", "pass", fill_citizen },
	{ "citizen-check", "check", fill_citizen },
	{ "citizen-stop", "stop", fill_citizen },
	{ "citizen-trouble", "ready", fill_citizen_trouble },
	{ "log-in", "ready", fill_log_in },
	{ "pin", "ready", fill_pin },
	{ "locked", "ready", fill_locked },
	{ "leader", "stop", fill_leader },
	{ "post", "ready", fill_post_page },
	{ "machine", "ready", fill_machine },
	{ "sheet", "ready", fill_sheet },
	{ "doubt", "pass", fill_doubt },
	{ "lanes", "check", fill_lanes },
	{ "lanes-ready", "ready", fill_lanes },
	{ "closed", "ready", fill_closed },
	{ "closed-scan", "ready", fill_closed_scan },
	{ "held", "ready", fill_held },
	{ "recording", "stop", fill_recording },
	{ "full", "check", fill_full },
	{ "surge-pass", "pass", fill_surge_pass },
	{ "late", "ready", fill_late },
	{ "choice-medical", "stop", fill_choice_medical },
	{ "medical", "stop", fill_medical },
	{ "correct", "ready", fill_correct },
	{ "reprint", "pass", fill_reprint },
};

const struct sample_over *
sample_over(size_t i)
{
	return i < nitems(overs) ? &overs[i] : NULL;
}
