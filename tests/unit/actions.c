/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The key bar and the help offer what the tables say, and only what works. */
#include "test.h"

#include "../../src/screen/parts.h"
#include "../tools/samples.h"

#include <locale.h>

static char *
keybar(const struct view *view)
{
	char *text = screen_text(view, 100, 24, NULL), *bar = NULL, *line;
	char *rest = text;

	while ((line = strsep(&rest, "\n")) != NULL && rest != NULL)
		bar = line;
	bar = strdup(bar);
	free(text);
	return bar;
}

static void
test_the_bar_offers_what_works_now(void **state)
{
	static const struct {
		const char *sample, *want;
	} cases[] = {
		{ "ready", "0-9 type a number  N temperature  B plate  "
		    "K declare  U correct  H waiting list" },
		{ "morning", "0-9 type a number  N temperature  B plate  "
		    "K declare  O confirm time" },
		{ "gather", "N temperature  B plate  K declare" },
		{ "gather-document", "0-9 type a number  B plate  K declare" },
		{ "repeat", "Enter record again  Esc leave it" },
		{ "pass", "Enter LET PASS  Q turn back  Y health desk  "
		    "X details  D measure again" },
		{ "check", "Enter MEASURE AGAIN  Q turn back  "
		    "Y health desk  C let pass (reason)  X details" },
		{ "check-many", "Q turn back  Y health desk  "
		    "C let pass (reason)  X details  "
		    "D measure again" },
		{ "stop", "Enter HEALTH DESK  Q turn back  G hold  "
		    "C let pass: leader  X details" },
		{ "surge", "N temperature  B plate  K declare  "
		    "1-9 people aboard  S end surge" },
		{ "fields", "Enter next, done  Tab more fields" },
		{ "form", "Enter done  Esc close  Backspace erase" },
		{ "choice", "1-6 pick  Esc close" },
		{ "help", "Esc close" },
		{ "detail", "Esc close" },
	};
	struct view *view = calloc(1, sizeof(*view));

	(void)state;
	assert_non_null(view);
	for (size_t i = 0; i < nitems(cases); i++) {
		char *bar;

		assert_true(sample_fill(cases[i].sample, LANGUAGE_EN, view));
		bar = keybar(view);
		if (strncmp(bar + 1, cases[i].want, strlen(cases[i].want)) != 0 ||
		    strncmp(bar + 1 + strlen(cases[i].want), "  ", 2) != 0)
			fail_msg("%s: %s", cases[i].sample, bar);
		free(bar);
	}
	free(view);
}

static void
test_every_action_has_a_name_and_a_key(void **state)
{
	struct bindings bindings;

	(void)state;
	bindings_init(&bindings);
	for (int action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
		char keys[64];

		assert_string_not_equal(action_name((enum action)action),
		    "none");
		bindings_names(&bindings, (enum action)action, false, keys,
		    sizeof(keys));
		if (keys[0] == '\0')
			fail_msg("%s has no key",
			    action_name((enum action)action));
	}
}

/* At a post that has everything, with a verdict on the screen or without. */
static void
test_help_lists_every_key(void **state)
{
	static const char *const samples[] = { "help", "help-stop" };
	struct view *view = calloc(1, sizeof(*view));
	char *help = NULL, *page, *rest, *line;
	size_t len;
	FILE *out = open_memstream(&help, &len);

	(void)state;
	assert_non_null(out);
	assert_non_null(view);
	words_use(LANGUAGE_EN);
	screen_print_keys(out);
	fclose(out);
	for (size_t i = 0; i < nitems(samples); i++) {
		char *copy = strdup(help);

		sample_fill(samples[i], LANGUAGE_EN, view);
		view->nothers = 1;
		view->capacity = 40;
		view->lane.turns = view->lane.prints = true;
		page = screen_text(view, 80, 24, NULL);
		for (rest = copy; (line = strsep(&rest, "\n")) != NULL &&
		    *line != '\0';) {
			/* "  KEYS         words": the same words on the page */
			const char *words = line + 15;

			if (strstr(page, words) == NULL)
				fail_msg("not on %s: %s", samples[i], line);
		}
		free(page);
		free(copy);
	}
	free(help);
	free(view);
}

static void
test_help_leaves_out_what_a_post_has_not(void **state)
{
	struct view *view = calloc(1, sizeof(*view));
	char *page;

	(void)state;
	assert_non_null(view);
	words_use(LANGUAGE_EN);
	sample_fill("help", LANGUAGE_EN, view);
	view->nothers = 0;
	view->lane.prints = false;
	page = screen_text(view, 80, 24, NULL);
	assert_null(strstr(page, "how many are inside"));
	assert_null(strstr(page, "the next lane"));
	assert_null(strstr(page, "print a slip"));
	assert_non_null(strstr(page, "all keys"));
	free(page);
	free(view);
}

static void
test_binding_lines(void **state)
{
	static const struct {
		const char *line, *error;
	} cases[] = {
		{ "let-pass W", NULL },
		{ "let-pass w", "no key \"w\"" },
		{ "let-pass Ctrl-P", NULL },
		{ "let-pass Ctrl-1", "no key \"Ctrl-1\"" },
		{ "let-pass C", "key C is taken" },
		{ "fly F", "no action \"fly\"" },
		{ "", "no action \"\"" },
	};

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++) {
		struct bindings bindings;
		struct err err = { 0 };

		bindings_init(&bindings);
		if (bindings_add(&bindings, cases[i].line, &err) == 0)
			assert_null(cases[i].error);
		else
			assert_string_equal(err.text, cases[i].error);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_bar_offers_what_works_now),
		cmocka_unit_test(test_every_action_has_a_name_and_a_key),
		cmocka_unit_test(test_help_lists_every_key),
		cmocka_unit_test(test_help_leaves_out_what_a_post_has_not),
		cmocka_unit_test(test_binding_lines),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests_name("actions", tests, NULL, NULL);
}
