/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Themes are read whole or not at all, and every style can be read. */
#include "test.h"

#include "../../src/screen/parts.h"

#include <math.h>

struct rgb {
	int r, g, b;
};

/* The Linux console's colours, with the amber that draw.c sets there. */
static struct rgb
rgb_of(int colour, bool amber)
{
	static const struct rgb base[] = { { 0, 0, 0 }, { 170, 0, 0 },
		{ 0, 170, 0 }, { 170, 85, 0 }, { 0, 0, 170 }, { 170, 0, 170 },
		{ 0, 170, 170 }, { 170, 170, 170 }, { 85, 85, 85 },
		{ 255, 85, 85 }, { 85, 255, 85 }, { 255, 255, 85 },
		{ 85, 85, 255 }, { 255, 85, 255 }, { 85, 255, 255 },
		{ 255, 255, 255 } };
	static const int steps[] = { 0, 95, 135, 175, 215, 255 };

	if (colour == 3 && amber)
		return (struct rgb){ 0xc4, 0x9a, 0x00 };
	if (colour < 16)
		return base[colour];
	if (colour < 232)
		return (struct rgb){ steps[(colour - 16) / 36],
			steps[(colour - 16) / 6 % 6], steps[(colour - 16) % 6] };
	colour = 8 + 10 * (colour - 232);
	return (struct rgb){ colour, colour, colour };
}

static double
part(int value)
{
	double v = value / 255.0;

	return v <= 0.03928 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double
light(struct rgb rgb)
{
	return 0.2126 * part(rgb.r) + 0.7152 * part(rgb.g) +
	    0.0722 * part(rgb.b);
}

/* The contrast ratio of WCAG 2: 1 to 21. */
static double
contrast(const struct look *look, enum depth depth, bool amber)
{
	int bg = look->bg;
	double a, b;

	a = light(rgb_of(look->fg, amber));
	b = light(rgb_of(bg, amber));
	(void)depth;
	return (fmax(a, b) + 0.05) / (fmin(a, b) + 0.05);
}

static void
check_contrast(const char *name, double least)
{
	struct theme theme;
	struct err err;

	assert_int_equal(theme_load(&theme, name, &err), 0);
	for (int style = 0; style < STYLE_COUNT; style++) {
		for (int depth = 0; depth < DEPTHS; depth++) {
			const struct look *look = &theme.looks[style][depth];
			bool line = style == STYLE_LINE;
			double got;

			if (look->fg < 0 || look->bg < 0)
				fail_msg("%s: %s has no colours", name,
				    style_info(style)->name);
			got = contrast(look, depth, depth == DEPTH_8);
			if (got < (line ? 2.0 : least))
				fail_msg("%s: %s, look %d: contrast %.1f",
				    name, style_info(style)->name, depth + 1,
				    got);
		}
	}
}

static void
test_contrast(void **state)
{
	(void)state;
	unsetenv("NO_COLOR");
	check_contrast("daylight", 4.5);
	check_contrast("night", 4.5);
	check_contrast("contrast", 6.5);
}

/* A console whose colour 3 is brown reads the CHECK field all the same:
 * large letters need 3. */
static void
test_check_is_read_on_brown(void **state)
{
	static const char *const names[] = { "daylight", "night", "contrast" };

	(void)state;
	for (size_t i = 0; i < nitems(names); i++) {
		struct theme theme;
		struct err err;

		assert_int_equal(theme_load(&theme, names[i], &err), 0);
		assert_true(contrast(&theme.looks[STYLE_CHECK][DEPTH_8],
		    DEPTH_8, false) >= 3.9);
	}
}

/* What is told apart by colour: verdicts, and trouble from the rest. */
static void
test_verdicts_differ(void **state)
{
	static const enum style verdicts[] = { STYLE_PASS, STYLE_CHECK,
		STYLE_STOP };
	static const char *const names[] = { "daylight", "night", "contrast" };

	(void)state;
	for (size_t i = 0; i < nitems(names); i++) {
		struct theme theme;
		struct err err;

		assert_int_equal(theme_load(&theme, names[i], &err), 0);
		for (size_t a = 0; a < nitems(verdicts); a++)
			for (size_t b = 0; b < a; b++)
				for (int d = 0; d < DEPTHS; d++)
					assert_memory_not_equal(
					    &theme.looks[verdicts[a]][d],
					    &theme.looks[verdicts[b]][d],
					    sizeof(struct look));
	}
}

static void
test_files_are_the_built_in_themes(void **state)
{
	struct theme built_in, file;
	struct err err;

	(void)state;
	theme_init(&built_in, false);
	theme_init(&file, true); /* all must come from the file */
	memset(&file, 0, sizeof(file));
	assert_int_equal(theme_load(&file, "daylight", &err), 0);
	for (int style = 0; style < STYLE_COUNT; style++)
		for (int depth = 0; depth < DEPTHS; depth++)
			assert_int_equal(file.looks[style][depth].fg,
			    built_in.looks[style][depth].fg);
	theme_init(&built_in, true);
	assert_int_equal(theme_load(&file, "mono", &err), 0);
	for (int style = 0; style < STYLE_COUNT; style++) {
		assert_int_equal(file.looks[style][0].fg, COLOUR_DEFAULT);
		assert_int_equal(file.looks[style][0].reverse,
		    built_in.looks[style][0].reverse);
	}
}

/* A file must name every style, so that a new one is not forgotten. */
static void
test_files_name_every_style(void **state)
{
	static const char *const names[] = { "daylight", "night", "contrast",
		"mono" };

	(void)state;
	for (size_t i = 0; i < nitems(names); i++) {
		char path[64], *text;
		size_t len;

		snprintf(path, sizeof(path), "themes/%s", names[i]);
		text = file_read(test_path("SRCDIR", path), 65536, &len, NULL);
		assert_non_null(text);
		for (int style = 0; style < STYLE_COUNT; style++) {
			char line[64];

			snprintf(line, sizeof(line), "\n%s =",
			    style_info(style)->name);
			if (strstr(text, line) == NULL)
				fail_msg("%s lacks %s", names[i],
				    style_info(style)->name);
		}
		free(text);
	}
}

static void
test_no_color_is_mono(void **state)
{
	struct theme theme;
	struct err err;

	(void)state;
	setenv("NO_COLOR", "1", 1);
	assert_int_equal(theme_load(&theme, "daylight", &err), 0);
	assert_int_equal(theme.looks[STYLE_STOP][DEPTH_256].fg,
	    COLOUR_DEFAULT);
	setenv("NO_COLOR", "", 1); /* empty does not count */
	assert_int_equal(theme_load(&theme, "daylight", &err), 0);
	assert_int_equal(theme.looks[STYLE_STOP][DEPTH_256].fg, 124);
	unsetenv("NO_COLOR");
}

static void
test_lines(void **state)
{
	static const struct {
		const char *line, *error;
	} cases[] = {
		{ "", NULL },
		{ "# all of it", NULL },
		{ "text = red on blue", NULL },
		{ "text = red on blue bold # why", NULL },
		{ "text = reverse", NULL },
		{ "text =", NULL },
		{ "text = red on blue | 15 on 0 | 255 on 16 bold", NULL },
		{ "  text=default on default\r", NULL },
		{ "text", "write STYLE = LOOK" },
		{ "toxt = red", "no style \"toxt\"" },
		{ "text = crimson on blue", "\"crimson\" is no colour here; "
		    "write FG on BG [bold] [reverse]" },
		{ "text = red blue", "\"blue\" is no colour here; "
		    "write FG on BG [bold] [reverse]" },
		{ "text = 16 on 0", "\"16\" is no colour here; "
		    "write FG on BG [bold] [reverse]" },
		{ "text = red on blue | | 256 on 0", "\"256\" is no colour "
		    "here; write FG on BG [bold] [reverse]" },
		{ "text = a | b | c | d", "\"a\" is no colour here; "
		    "write FG on BG [bold] [reverse]" },
		{ "text = red | red | red | red",
		    "more than three looks: for 8, 16 and 256 colours" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct theme theme;
		struct err err = { 0 };

		theme_init(&theme, false);
		if (theme_line(&theme, cases[i].line, &err) == 0)
			assert_null(cases[i].error);
		else
			assert_string_equal(err.text, cases[i].error);
	}
}

static void
test_a_broken_file_leaves_the_built_in(void **state)
{
	struct theme theme, before;
	struct err err;

	(void)state;
	theme_init(&theme, false);
	before = theme;
	assert_int_equal(theme_parse(&theme, "text = red on blue\noops\n",
	    "x", &err), -1);
	assert_string_equal(err.text, "x:2: write STYLE = LOOK");
	assert_memory_equal(&theme, &before, sizeof(theme));
	assert_int_equal(theme_load(&theme, "no-such", &err), -1);
	assert_memory_equal(&theme, &before, sizeof(theme));
	assert_int_equal(theme_load(&theme, "../etc/passwd", &err), -1);
	assert_int_equal(theme_load(&theme, "", &err), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contrast),
		cmocka_unit_test(test_check_is_read_on_brown),
		cmocka_unit_test(test_verdicts_differ),
		cmocka_unit_test(test_files_are_the_built_in_themes),
		cmocka_unit_test(test_files_name_every_style),
		cmocka_unit_test(test_no_color_is_mono),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_a_broken_file_leaves_the_built_in),
	};

	setenv("CHOT_DATA", test_path("SRCDIR", ""), 1);
	return cmocka_run_group_tests_name("theme", tests, NULL, NULL);
}
