/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screens are those in tests/screens/, cell by cell and style by style;
 * `make update-screens` writes them anew, to be looked at before committing.
 */
#include "test.h"

#include "../tools/samples.h"

#include <locale.h>

static const char *const languages[] = { [LANGUAGE_VI] = "vi",
	[LANGUAGE_EN] = "en" };

static void
compare(const char *name, enum language language, int cols, int rows)
{
	struct view *view = calloc(1, sizeof(*view));
	char path[256], *want, *got, *styles, *text;
	struct err err;
	size_t len;

	assert_non_null(view);
	assert_true(sample_fill(name, language, view));
	snprintf(path, sizeof(path), "tests/screens/%s-%s-%dx%d.screen", name,
	    languages[language], cols, rows);
	want = file_read(test_path("SRCDIR", path), 1000000, &len, &err);
	if (want == NULL)
		fail_msg("%s", err.text);
	text = screen_text(view, cols, rows, &styles);
	assert_true(asprintf(&got, "%s\n%s", text, styles) > 0);
	if (strcmp(got, want) != 0)
		fail_msg("%s differs; got:\n%s", path, got);
	free(got);
	free(text);
	free(styles);
	free(want);
	free(view);
}

static void
compare_all(int cols, int rows)
{
	for (size_t i = 0; sample_name(i) != NULL; i++)
		for (int language = 0; language < LANGUAGES; language++)
			compare(sample_name(i), (enum language)language, cols,
			    rows);
}

static void
test_80x24(void **state)
{
	(void)state;
	compare_all(80, 24);
}

static void
test_100x26(void **state)
{
	(void)state;
	compare_all(100, 26);
}

static void
test_132x43(void **state)
{
	(void)state;
	compare_all(132, 43);
}

static void
test_160x48(void **state)
{
	(void)state;
	compare_all(160, 48);
}

/* The style letters of every cell of a row. */
static void
assert_line(const struct view *view, const char *words, char style)
{
	char *styles, *text = screen_text(view, 80, 24, &styles);
	char *rest = text, *line;
	int y = 0;

	while ((line = strsep(&rest, "\n")) != NULL && rest != NULL) {
		const char *found = strstr(line, words);

		if (found != NULL) {
			*(char *)(line + (found - line)) = '\0';
			assert_int_equal(styles[y * 81 + text_columns(line)],
			    style);
			free(text);
			free(styles);
			return;
		}
		y++;
	}
	fail_msg("\"%s\" is not on the screen", words);
}

/* What must be said, wherever the pages put it. */
static void
test_promises(void **state)
{
	static const struct {
		const char *sample, *words;
		char style;
	} cases[] = {
		{ "gather", "CHỜ NHIỆT ĐỘ", 'r' },
		{ "morning", "CHƯA CÓ GIỜ: O xác nhận giờ", 'a' },
		{ "morning", "MẪU", 'm' },
		{ "morning", "chưa có danh sách", 'a' },
		{ "ready", "SẴN SÀNG", 'r' },
		{ "ready", "MẤT máy đo nhiệt 2", 'b' },
		{ "ready", "MẤT MẠNG 12 phút, chờ gửi 37", 'a' },
		{ "pass", "ĐƯỢC QUA: đối chiếu thẻ. Enter (hoặc mã kế tiếp) = CHO QUA", 'P' },
		{ "check", "KIỂM TRA: 2 lý do, bấm Enter = CHỜ ĐO LẠI", 'C' },
		{ "check", "Sốt 38,2 (ngưỡng 37,5)", 's' },
		{ "check", "1 người chờ", 's' },
		{ "check-many", "Chưa ghi xong", 'w' },
		{ "stop", "DỪNG LẠI: bấm Enter = CHUYỂN BÀN Y TẾ", 'c' },
		{ "stop", "Y1  Cần y tế xử lý (X: xem căn cứ)", 's' },
		{ "stop", "ĐÃ GHI ST-QL1A/7f3a91c2/415", 'g' },
		{ "fault", "CHƯA GHI: đĩa đầy", 'x' },
		{ "fault", "VIẾT GIẤY", 'x' },
		{ "repeat", "Đã qua chốt này 6 phút trước", 'w' },
		{ "gather-document", "Không đọc được mã", 'w' },
		{ "form", "094 300 0__ ___", 'e' },
		{ "temperature", "36,_", 'e' },
		{ "help-stop", "DỪNG LẠI", 'S' },
		{ "choice", "Giấy tờ giấy hợp lệ", 'o' },
		{ "closed", " LÀN ĐÓNG ", 'w' },
	};
	struct view *view = calloc(1, sizeof(*view));

	(void)state;
	assert_non_null(view);
	for (size_t i = 0; i < nitems(cases); i++) {
		assert_true(sample_fill(cases[i].sample, LANGUAGE_VI, view));
		assert_line(view, cases[i].words, cases[i].style);
	}
	free(view);
}

/* However much there is to say: a verdict rests on these two. */
static void
test_the_lists_and_the_clock_are_always_told(void **state)
{
	static const struct {
		enum clock_trust clock;
		const char *said[LANGUAGES];
	} clocks[] = {
		{ CLOCK_CONFIRMED, { "Giờ chuẩn", "Clock confirmed" } },
		{ CLOCK_HELD, { "Giờ tạm", "Clock held" } },
		{ CLOCK_UNCONFIRMED, { "CHƯA CÓ GIỜ", "Clock unknown" } },
	};
	static const char *const data[] = { "dữ liệu 2 ngày",
		"data 2 days old" };
	struct view *view = calloc(1, sizeof(*view));

	(void)state;
	assert_non_null(view);
	for (unsigned all = 0; all < 3 * 2 * 64; all++) {
		enum language language = all / 64 % 2;
		char *text, *line;

		sample_fill("doubt", language, view);
		view->clock = clocks[all / 128].clock;
		view->training = (all & 1) != 0;
		view->surge_min = (all & 2) != 0 ? 100 : 0;
		view->battery_percent = (all & 4) != 0 ? 5 : 64;
		view->mains = false;
		if ((all & 8) != 0)
			view->doubt[0] = '\0';
		if ((all & 16) != 0)
			snprintf(view->watched, sizeof(view->watched),
			    "%s", "Trần Thị Trực Ban of the district looks");
		for (view->ntroubles = 0; (all & 32) != 0 &&
		    view->ntroubles < VIEW_TROUBLES_MAX; view->ntroubles++)
			snprintf(view->troubles[view->ntroubles],
			    VIEW_TEXT_MAX, "Thermometer %zu does not answer",
			    view->ntroubles);
		text = screen_text(view, 80, 24, NULL);
		line = strchr(text, '\n') + 1;
		*strchr(line, '\n') = '\0';
		if (strstr(line, data[language]) == NULL ||
		    strstr(line, clocks[all / 128].said[language]) == NULL ||
		    ((all & 16) != 0 && strstr(line, "Trần") == NULL))
			fail_msg("%#x: %s", all, line);
		free(text);
	}
	free(view);
}

/* A code's meaning is shown in the detail window only. */
static void
test_a_status_is_not_on_the_verdict_page(void **state)
{
	struct view *view = calloc(1, sizeof(*view));
	char *text;

	(void)state;
	assert_non_null(view);
	sample_fill("detail", LANGUAGE_VI, view);
	text = screen_text(view, 80, 24, NULL);
	assert_non_null(strstr(text, "F0 từ 12/08"));
	free(text);
	view->window = WINDOW_NONE;
	text = screen_text(view, 80, 24, NULL);
	assert_null(strstr(text, "F0"));
	free(text);
	free(view);
}

static void
test_a_code_is_said_once(void **state)
{
	struct view *view = calloc(1, sizeof(*view));
	struct reason *reason;
	char *text;

	(void)state;
	assert_non_null(view);
	sample_fill("stop", LANGUAGE_VI, view);
	reason = &view->lane.judgement.reasons[0];
	snprintf(reason->text[LANGUAGE_VI], REASON_TEXT_MAX, "Y1: bàn y tế");
	text = screen_text(view, 80, 24, NULL);
	assert_non_null(strstr(text, " 1 Y1: bàn y tế (X: xem căn cứ)"));
	free(text);
	free(view);
}

/* What does not fit on one page of the grounds is on the next, and lines that
 * belong together are not torn. */
static void
test_grounds_have_pages(void **state)
{
	static const struct {
		int page;
		const char *has, *lacks;
	} cases[] = {
		{ 0, "page 1 of 2: X", "line 24" }, { 0, "line 12", "line 30" },
		{ 0, "line 23", "line 39" }, { 1, "page 2 of 2: X", "line 12" },
		{ 1, "line 39", "line 00" }, { 2, "line 00", "line 39" },
	};
	struct view *view = calloc(1, sizeof(*view));

	(void)state;
	assert_non_null(view);
	sample_fill("detail", LANGUAGE_EN, view);
	view->ndetail = 40;
	for (size_t i = 0; i < view->ndetail; i++)
		snprintf(view->detail[i], VIEW_TEXT_MAX, "line %02zu", i);
	view->detail_keep[12] = 6; /* two of them would fit */
	view->detail_keep[24] = 8;
	for (size_t i = 0; i < nitems(cases); i++) {
		char *text;

		view->detail_page = cases[i].page;
		text = screen_text(view, 80, 24, NULL);
		if (strstr(text, cases[i].has) == NULL ||
		    strstr(text, cases[i].lacks) != NULL)
			fail_msg("row %zu:\n%s", i, text);
		free(text);
	}
	free(view);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_80x24),
		cmocka_unit_test(test_100x26),
		cmocka_unit_test(test_132x43),
		cmocka_unit_test(test_160x48),
		cmocka_unit_test(test_promises),
		cmocka_unit_test(test_the_lists_and_the_clock_are_always_told),
		cmocka_unit_test(test_a_status_is_not_on_the_verdict_page),
		cmocka_unit_test(test_a_code_is_said_once),
		cmocka_unit_test(test_grounds_have_pages),
	};

	setlocale(LC_ALL, "C.UTF-8");
	bindtextdomain("chot", test_path("BUILDDIR", "locale"));
	bind_textdomain_codeset("chot", "UTF-8");
	textdomain("chot");
	return cmocka_run_group_tests_name("screens", tests, NULL, NULL);
}
