/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * samples_office - what stands on the screen instead of a lane or over it: the
 * citizens' page, the machine, choices. The words of a window are the
 * station's; these are as it would say them. All persons are invented.
 */
#include "samples.h"

#include <string.h>

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
open_panel(struct view *view, const char *vi, const char *en)
{
	view->window = WINDOW_PANEL;
	SET(view->panel.title, say(view, vi, en));
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
fill_machine(struct view *view)
{
	open_panel(view, "Máy", "Machine");
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
fill_network(struct view *view)
{
	open_panel(view, "Mạng", "Network");
	add_line(view, "eth0                cáp rời",
	    "eth0                cable out");
	add_line(view, "wlan0               chưa kết nối",
	    "wlan0               not connected");
	add_choice(view, '1', "Wi-Fi của chốt", "Wi-Fi of the post");
	add_choice(view, '2', "4G", "4G");
}

/* Somebody at the unit looks at this screen. */
static void
fill_watched(struct view *view)
{
	SET(view->watched, say(view, "ĐANG XEM TỪ XA (P 0: ngắt): minh",
	    "WATCHED (P 0 ends it): minh"));
}

/* A shift that has just begun. */
static void
fill_chart_empty(struct view *view)
{
	view->window = WINDOW_CHART;
	view->chart.first_hour = 15;
}

static void
fill_found_nobody(struct view *view)
{
	view->window = WINDOW_FOUND;
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
	{ "machine", "ready", fill_machine },
	{ "machine-verdict", "stop", fill_machine },
	{ "network", "ready", fill_network },
	{ "watched", "ready", fill_watched },
	{ "watched-stop", "stop", fill_watched },
	{ "chart-empty", "morning", fill_chart_empty },
	{ "found-nobody", "ready", fill_found_nobody },
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
	{ "correct", "ready", fill_correct },
	{ "reprint", "pass", fill_reprint },
};

const struct sample_over *
sample_over(size_t i)
{
	return i < nitems(overs) ? &overs[i] :
	    sample_station(i - nitems(overs));
}
