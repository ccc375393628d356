/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whatever a view holds, the page is a clean grid: no control character, no
 * cell beyond the edge, every row as wide as the screen.
 */
#include "test.h"

#include "../../src/screen/parts.h"
#include "../tools/samples.h"

#include <locale.h>

struct field {
	size_t offset, size;
};

#define FIELD(name) { offsetof(struct view, name), \
	sizeof(((struct view *)0)->name) }

static const struct field fields[] = {
	FIELD(station_id), FIELD(station_name), FIELD(officer),
	FIELD(watched),
	FIELD(troubles[0]), FIELD(troubles[1]), FIELD(troubles[7]),
	FIELD(lane.title), FIELD(lane.direction), FIELD(lane.person.name),
	FIELD(lane.person.id_label), FIELD(lane.person.id),
	FIELD(lane.person.birth), FIELD(lane.person.sex),
	FIELD(lane.person.from), FIELD(lane.person.to),
	FIELD(lane.person.address), FIELD(lane.person.vehicle),
	FIELD(lane.person.document), FIELD(lane.person.temperature),
	FIELD(lane.person.declaration), FIELD(lane.person.status),
	FIELD(lane.person.permit), FIELD(lane.person.last_seen),
	FIELD(lane.person.warnings[0]),
	FIELD(lane.judgement.reasons[0].code),
	FIELD(lane.judgement.reasons[0].text[0]),
	FIELD(lane.judgement.reasons[0].advice[0]),
	FIELD(lane.judgement.reasons[0].text[1]),
	FIELD(lane.judgement.reasons[1].text[0]),
	FIELD(lane.outcome), FIELD(lane.record_id), FIELD(lane.record_fault),
	FIELD(lane.notice), FIELD(lane.hint), FIELD(lane.vehicle),
	FIELD(recent[0].direction), FIELD(recent[0].who),
	FIELD(recent[0].vehicle), FIELD(recent[0].temperature),
	FIELD(recent[0].outcome), FIELD(waiting[0].who),
	FIELD(waiting[0].temperature), FIELD(form.text), FIELD(form.problem),
	FIELD(choice_title), FIELD(choices[0]), FIELD(choices[8]),
	FIELD(detail[0]), FIELD(detail[23]),
};

static uint32_t seed = 20211022;

static unsigned
chance(unsigned n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static const char *const nasty[] = {
	"\033[2J", "\033]0;x\007", "\033[31m", "\x9b" "2J", "\x90", "\r\n",
	"\t", "\b\b", "\x7f", "\xff\xfe", "\xc0\x80", "\xe1\xbb", "\xed\xa0\x80",
	"\xf4\x90\x80\x80", "\u202e", "\u2066", "\u200b", "\u200f", "\ufeff",
	"\u0301\u0301", "e\u0302\u0301", "漢字", "\u2588\u2588", "\u2502",
	"\xc2\x85", "\xc2\x9b", "\u2028", "%s%n", "Nguyễn", "NGUYỄN THỊ MẪU",
	"A", " ", "0", "…",
};

static void
fill(char *out, size_t size)
{
	size_t want = chance(3) == 0 ? size - 1 : chance((unsigned)size), n = 0;

	while (n < want) {
		const char *part = nasty[chance(nitems(nasty))];
		size_t len = strlen(part);

		if (chance(4) == 0) {
			out[n++] = (char)(1 + chance(255));
			continue;
		}
		if (n + len > want)
			break;
		memcpy(out + n, part, len);
		n += len;
	}
	out[n] = '\0';
}

/* Numbers out of any range too: the station may be wrong. */
static void
fill_numbers(struct view *view)
{
	static const int64_t odd[] = { 0, 1, -1, -2, 59, 100000, INT32_MAX,
		INT32_MIN, INT64_MAX, INT64_MIN };
	int64_t value = odd[chance(nitems(odd))];

	view->at = chance(2) ? 1634886207 : (int64_t)(int32_t)value;
	view->link_down_min = value;
	view->queue_waiting = odd[chance(nitems(odd))];
	view->register_age_h = (double)odd[chance(nitems(odd))];
	view->battery_percent = (int)odd[chance(8)];
	view->mains = chance(2);
	view->lane.repeat_min = value;
	view->lane.clears_in_s = (int)odd[chance(8)];
	view->lane.people_waiting = (int)odd[chance(7)];
	view->waiting[0].due_in_s = value;
	view->counts.people[0] = (int)odd[chance(8)];
	view->lane.judgement.more = chance(2) ? 0 : SIZE_MAX / 2;
	view->lane.person.nwarnings = chance(VIEW_WARNINGS_MAX + 1);
	if (chance(4) == 0) { /* counts beyond their arrays */
		view->ntroubles = view->nrecent = view->nwaiting =
		    view->nchoices = view->ndetail =
		    view->lane.person.nwarnings =
		    view->lane.judgement.nreasons = 1000;
	}
}

static bool
is_clean(uint32_t code)
{
	return code >= ' ' && !(code >= 0x7F && code < 0xA0) &&
	    !(code >= 0x200B && code <= 0x200F) &&
	    !(code >= 0x2028 && code <= 0x202E) &&
	    !(code >= 0x2066 && code <= 0x2069) && code != 0xFEFF &&
	    !(code >= 0x300 && code < 0x370) && code <= 0x10FFFF;
}

static void
check_canvas(const struct canvas *canvas)
{
	for (int i = 0; i < canvas->cols * canvas->rows; i++) {
		const struct cell *cell = &canvas->cells[i];

		assert_true(cell->style < STYLE_COUNT);
		if (cell->code == 0) /* only beside its left half */
			assert_true(i % canvas->cols > 0 &&
			    canvas->cells[i - 1].code >= 0x1100);
		else if (!is_clean(cell->code))
			fail_msg("U+%04X on the screen", cell->code);
	}
}

static void
check_text(const struct view *view, int cols, int rows)
{
	char *styles, *text = screen_text(view, cols, rows, &styles);
	char *rest = text, *line;
	int n = 0;

	assert_int_equal(strlen(styles), (size_t)((cols + 1) * rows));
	while ((line = strsep(&rest, "\n")) != NULL && rest != NULL) {
		assert_int_equal(text_columns(line), cols);
		n++;
	}
	assert_int_equal(n, rows);
	free(text);
	free(styles);
}

static void
test_hostile_views(void **state)
{
	static const int sizes[][2] = { { 80, 24 }, { 100, 26 }, { 132, 43 },
		{ 160, 48 }, { 20, 5 }, { 1, 1 }, { 80, 23 }, { 300, 100 } };
	struct view *view = calloc(1, sizeof(*view));
	size_t names = 0, texts = 0;

	(void)state;
	assert_non_null(view);
	while (sample_name(names) != NULL)
		names++;
	for (unsigned round = 0; round < 400; round++) {
		unsigned size = chance(nitems(sizes));
		struct canvas *canvas;

		sample_fill(sample_name(round % names), (enum language)
		    chance(LANGUAGES), view);
		for (size_t i = 0; i < nitems(fields); i++) {
			if (chance(5) == 0)
				continue;
			fill((char *)view + fields[i].offset, fields[i].size);
			texts++;
		}
		fill_numbers(view);
		view->window = (enum view_window)chance(WINDOW_DETAIL + 1);
		view->form.kind = (enum form_kind)chance(FORM_CLOCK + 1);
		view->lane.recorded = (enum recorded)chance(4);
		canvas = canvas_new(sizes[size][0], sizes[size][1]);
		page_draw(canvas, view);
		check_canvas(canvas);
		canvas_free(canvas);
		if (round % 16 == 0)
			check_text(view, sizes[size][0], sizes[size][1]);
	}
	assert_true(texts > 10000);
	free(view);
}

/* What chot watch --look draws is what the officer sees. */
static void
test_a_copy_is_the_same(void **state)
{
	struct view *view = calloc(1, sizeof(*view));
	const char *name;

	(void)state;
	assert_non_null(view);
	for (size_t i = 0; (name = sample_name(i)) != NULL; i++) {
		char *styles, *text;
		struct canvas *copy = canvas_new(80, 24);

		sample_fill(name, (enum language)(i % LANGUAGES), view);
		text = screen_text(view, 80, 24, &styles);
		canvas_scan(copy, text, styles);
		for (int again = 0; again < 2; again++) {
			char *letters, *same = canvas_print(copy, &letters);

			assert_string_equal(same, text);
			assert_string_equal(letters, styles);
			free(same);
			free(letters);
		}
		canvas_free(copy);
		free(text);
		free(styles);
	}
	free(view);
}

static void
test_a_hostile_copy_is_clean(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 200; round++) {
		struct canvas *copy = canvas_new(1 + (int)chance(120),
		    1 + (int)chance(40));
		char text[4000] = "", styles[2000] = "";

		fill(text, sizeof(text));
		fill(styles, sizeof(styles));
		for (unsigned i = 0; i < 60; i++) /* rows */
			if (text[i * 50] != '\0')
				text[i * 50] = '\n';
		canvas_scan(copy, text, styles);
		check_canvas(copy);
		canvas_free(copy);
	}
}

/* A canvas in the middle of a larger field, which must stay as it was. */
static void
test_nothing_is_written_beyond_the_edge(void **state)
{
	struct cell field[30 * 10] = { 0 };
	struct canvas canvas = { .cols = 10, .rows = 10, .cells = field + 100 };

	(void)state;
	for (int y = -5; y < 15; y++) {
		for (int x = -15; x < 15; x++) {
			canvas_cell(&canvas, y, x, 'x', STYLE_BAD);
			canvas_text(&canvas, y, x, 12, STYLE_BAD, "Nguyễn 漢字");
			canvas_right(&canvas, y, x, 12, STYLE_BAD, "漢字");
			canvas_frame(&canvas, (struct box){ y, x, 7, 7 },
			    STYLE_BAD);
			bigtext_draw(&canvas, (struct box){ y, x, 10, 8 },
			    CODE_FULL, STYLE_BAD, "B");
		}
	}
	canvas_fill(&canvas, (struct box){ -9, -9, 99, 99 }, 'y', STYLE_BAD);
	for (int i = 0; i < 300; i++)
		assert_int_equal(field[i].code, i >= 100 && i < 200 ? 'y' : 0);
}

static void
test_every_size_is_drawn(void **state)
{
	struct view *view = calloc(1, sizeof(*view));

	(void)state;
	assert_non_null(view);
	sample_fill("stop", LANGUAGE_VI, view);
	for (int rows = 1; rows < 60; rows += 3)
		for (int cols = 1; cols < 200; cols += 7)
			check_text(view, cols, rows);
	free(view);
}

static void
test_text_ends_with_an_ellipsis(void **state)
{
	static const struct {
		const char *text;
		int width, columns;
		const char *want;
	} cases[] = {
		{ "Nguyễn", 6, 6, "Nguyễn  " },
		{ "Nguyễn", 5, 5, "Nguy…   " },
		{ "Nguyễn", 1, 1, "…       " },
		{ "Nguyễn", 0, 0, "        " },
		{ "e\u0302\u0301x", 6, 2, "ếx      " },
		{ "a\033b", 6, 3, "a\ufffdb     " },
		{ "█│", 6, 2, "??      " },
		{ "", 6, 0, "        " },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct canvas *canvas = canvas_new(8, 1);
		char got[64];
		size_t n = 0;

		assert_int_equal(canvas_text(canvas, 0, 0, cases[i].width,
		    STYLE_TEXT, cases[i].text), cases[i].columns);
		for (int x = 0; x < 8; x++)
			n += utf8_put(canvas->cells[x].code, got + n);
		got[n] = '\0';
		assert_string_equal(got, cases[i].want);
		canvas_free(canvas);
	}
}

static void
test_wrapping_keeps_words(void **state)
{
	(void)state;
	assert_int_equal(canvas_wrapped(10, "Mời ra ghế chờ 5 phút"), 3);
	assert_int_equal(canvas_wrapped(100, "Mời ra ghế chờ"), 1);
	assert_int_equal(canvas_wrapped(4, "nghiêng"), 2);
	assert_int_equal(canvas_wrapped(4, ""), 0);
	assert_int_equal(canvas_wrapped(1, "漢"), 1); /* it ends all the same */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hostile_views),
		cmocka_unit_test(test_a_copy_is_the_same),
		cmocka_unit_test(test_a_hostile_copy_is_clean),
		cmocka_unit_test(test_nothing_is_written_beyond_the_edge),
		cmocka_unit_test(test_every_size_is_drawn),
		cmocka_unit_test(test_text_ends_with_an_ellipsis),
		cmocka_unit_test(test_wrapping_keeps_words),
	};

	setlocale(LC_ALL, "C.UTF-8");
	bindtextdomain("chot", test_path("BUILDDIR", "locale"));
	textdomain("chot");
	return cmocka_run_group_tests_name("canvas", tests, NULL, NULL);
}
