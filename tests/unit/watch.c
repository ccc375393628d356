/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a post answers is refused whole or shown clean; a table tells it. */
#include "base.h"
#include "watch.h"

#include "../../src/watch/parts.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>

static int
parse(const char *text, struct report *report)
{
	return report_parse(text, strlen(text), report, NULL);
}

static void
test_refused_whole(void **state)
{
	static const char *const texts[] = { "", "{}", "[]", "{\"id\":1", "null",
		"{\"name\":\"x\"}", "{\"id\":\"A\",\"x\":[1]}",
		"{\"id\":\"A\",\"x\":{\"y\":1}}", "{\"id\":\"A\",\"x\":1.5}",
		"{\"id\":\"A\",\"id\":\"B\"}", "{\"id\":\"A\",\"x\":null}",
		"{\"id\":\"\xff\"}", "{\"id\":\"\"}" };
	static struct report r;
	char *many = malloc(REPORT_BYTES_MAX + 10);

	(void)state;
	for (size_t i = 0; i < nitems(texts); i++) {
		assert_int_equal(parse(texts[i], &r), -1);
		assert_int_equal(r.n, 0);
	}
	memset(many, ' ', REPORT_BYTES_MAX + 2);
	memcpy(many, "{\"id\":\"A\"}", 10);
	assert_int_equal(report_parse(many, REPORT_BYTES_MAX + 1, &r, NULL),
	    -1);
	strcpy(many, "{\"id\":\"A\"");
	for (int i = 0; i < REPORT_LINES_MAX; i++)
		sprintf(many + strlen(many), ",\"n%d\":%d", i, i);
	strcat(many, "}");
	assert_int_equal(parse(many, &r), -1);
	free(many);
}

static void
test_a_page_of_the_hub(void **state)
{
	static const struct {
		const char *line;
		int level;
		const char *why;
	} rows[] = {
		{ "{\"station\":\"A\",\"said\":\"2021-01-01T00:00:00Z\","
		  "\"status\":{\"id\":\"B\",\"state\":\"well\"}}", 0, "" },
		{ "{\"station\":\"A\"}", 2, "no status page yet" },
		{ "{\"station\":\"A\",\"said\":\"2020-12-31T00:00:00Z\","
		  "\"status\":{\"state\":\"well\"}}", 2,
		  "nothing heard since 2020-12-31T00:00:00Z" },
		{ "{\"station\":\"A\",\"said\":\"2021-01-01T00:00:00Z\","
		  "\"revoked\":\"2021-01-01T00:00:00Z\","
		  "\"status\":{\"state\":\"well\"}}", 2,
		  "its access was taken away: 2021-01-01T00:00:00Z" },
		{ "{\"station\":\"A\",\"said\":\"2021-01-01T00:00:00Z\","
		  "\"status\":{\"state\":true}}", 2,
		  "not understood: neither text nor number" },
		{ "{\"station\":\"A\",\"said\":\"2021-01-01T00:00:00Z\","
		  "\"status\":[]}", 2, NULL },
	};
	static const char *const bad[] = { "{}", "{\"station\":1}", "[]", "{",
		"{\"station\":\"\"}" };
	struct post post;

	(void)state;
	for (size_t i = 0; i < nitems(rows); i++) {
		assert_int_equal(report_page(rows[i].line,
		    strlen(rows[i].line), &post, 1609459260, NULL), 0);
		assert_int_equal(post_level(&post), rows[i].level);
		if (rows[i].why != NULL)
			assert_string_equal(post.why, rows[i].why);
		assert_string_equal(report_find(&post.report, "id"), "A");
		report_free(&post.report);
	}
	for (size_t i = 0; i < nitems(bad); i++)
		assert_int_equal(report_page(bad[i], strlen(bad[i]), &post, 0,
		    NULL), -1);
}

static void
test_shown_clean(void **state)
{
	static struct report r;

	(void)state;
	assert_int_equal(parse("{\"id\":\"A\\u001b[2J\",\"a\\u0007b\":\"x"
	    "\\u202ey\",\"n\":-5}", &r), 0);
	assert_string_equal(report_find(&r, "id"), "A\xef\xbf\xbd[2J");
	assert_null(strchr(r.lines[1].name, '\a'));
	assert_null(strstr(r.lines[1].value, "\xe2\x80\xae"));
	assert_string_equal(report_find(&r, "n"), "-5");
	assert_string_equal(report_find(&r, "none"), "");
	report_free(&r);
	assert_int_equal(r.n, 0);
	assert_string_equal(report_find(&r, "n"), "");
}

static void
test_a_picture(void **state)
{
	static const char *const bad[] = { "", "{}", "[]", "{\"text\":1}",
		"{\"text\":\"\"}", "{\"styles\":\"t\"}", "{\"text\":\"a\"",
		"{\"text\":\"a\",\"text\":\"b\"}", "{\"text\":\"\xff\"}",
		"{\"text\":\"a\\u0000b\"}" };
	static const char line[] = "{\"text\":\"ab\\n\",\"styles\":\"tt\\n\"}";
	static const char end[] = "{\"end\":\"a\\u001b\"}";
	char *many = calloc(1, PICTURE_BYTES_MAX + 2);
	struct picture p;

	(void)state;
	for (size_t i = 0; i < nitems(bad); i++) {
		assert_int_equal(picture_parse(bad[i], strlen(bad[i]), &p,
		    NULL), -1);
		assert_null(p.text);
	}
	memset(many, ' ', PICTURE_BYTES_MAX + 1);
	memcpy(many, line, sizeof(line) - 1);
	assert_int_equal(picture_parse(many, PICTURE_BYTES_MAX + 1, &p, NULL),
	    -1);
	assert_int_equal(picture_parse(line, sizeof(line) - 1, &p, NULL), 0);
	assert_string_equal(p.text, "ab\n");
	assert_string_equal(p.styles, "tt\n");
	assert_string_equal(p.end, "");
	free(p.text);
	free(p.styles);
	assert_int_equal(picture_parse(end, strlen(end), &p, NULL), 0);
	assert_string_equal(p.end, "a\xef\xbf\xbd");
	free(p.text);
	free(p.styles);
	free(many);
}

static void
test_hosts(void **state)
{
	static const struct {
		const char *host;
		bool good;
	} cases[] = { { "st-ql1a", true }, { "chot@10.0.0.7", true },
		{ "[fe80::1%eth0]", true }, { "", false }, { "-oProxyCommand=x",
		false }, { "a b", false }, { "a;reboot", false },
		{ "$(id)", false }, { "a\nb", false }, { "a'b", false } };

	(void)state;
	for (size_t i = 0; i < nitems(cases); i++)
		assert_int_equal(watch_host_good(cases[i].host),
		    cases[i].good);
}

/* ---- the table -------------------------------------------------------------------- */

static char *
draw(const struct post *posts, size_t n, int columns, bool detail)
{
	struct table t = { .posts = posts, .n = n, .columns = columns,
		.rows = columns > 0 ? 24 : 0, .detail = detail };
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	table_print(&t, out);
	fclose(out);
	return text;
}

static struct post *
some_posts(void)
{
	struct post *posts = calloc(3, sizeof(*posts));

	posts[0] = (struct post){ .host = "a", .asked = true, .heard = true,
		.reached = true };
	assert_int_equal(parse("{\"id\":\"ST-A\",\"state\":\"well\","
	    "\"records_waiting\":37,\"at\":\"2021-10-15T10:00:00Z\","
	    "\"oldest_waiting\":\"2021-10-15T09:19:00Z\","
	    "\"device 1 scanner 1\":\"ok\",\"device 1 thermometer 1\":\"gone\","
	    "\"list a\":\"5 of 2021-10-14T10:00:00Z\","
	    "\"list b\":\"5 of 2021-10-10T10:00:00Z\","
	    "\"battery_percent\":64,\"disk_free_mb\":20480}",
	    &posts[0].report), 0);
	posts[1] = (struct post){ .host = "b", .asked = true, .heard = true,
		.reached = true };
	assert_int_equal(parse("{\"id\":\"Chốt Quốc lộ 1A dài quá\","
	    "\"state\":\"failing\",\"findings\":\"station: stopped\"}",
	    &posts[1].report), 0);
	posts[2] = (struct post){ .host = "dead.example", .asked = true };
	strcpy(posts[2].why, "Connection refused");
	return posts;
}

static void
test_table(void **state)
{
	struct post *posts = some_posts();
	char *text = draw(posts, 3, 0, false);

	(void)state;
	assert_non_null(strstr(text, "3 posts: 2 failing, 0 attention, 1 well"));
	assert_non_null(strstr(text, "  ST-A         well      37    41m    1/2"));
	assert_non_null(strstr(text, "5d    20G   64%"));
	assert_non_null(strstr(text, "X Chốt Quốc lộ FAILING"));
	assert_non_null(strstr(text, "X dead.example NO ANSWER"));
	assert_non_null(strstr(text, "station: stopped"));
	assert_non_null(strstr(text, "Connection refused"));
	free(text);
	posts_free(posts, 3);
}

static void
test_no_line_is_wider_than_the_terminal(void **state)
{
	struct post *posts = some_posts();

	(void)state;
	memset(posts[2].why, 'w', sizeof(posts[2].why) - 1);
	posts[0].reached = false; /* the detail with a reason */
	memset(posts[0].why, 'w', sizeof(posts[0].why) - 1);
	for (int columns = 21; columns < 140; columns += 7)
		for (int detail = 0; detail < 2; detail++) {
			char *text = draw(posts, 3, columns, detail), *rest;
			char *line = strtok_r(text, "\n", &rest);

			/* The first line counts posts: short enough for 80. */
			for (int n = 0; line != NULL; n++) {
				if (n > 0 && columns > 30)
					assert_true(text_columns(line) <=
					    columns);
				line = strtok_r(NULL, "\n", &rest);
			}
			free(text);
		}
	posts_free(posts, 3);
}

static void
test_an_old_answer_is_told_as_old(void **state)
{
	struct post *posts = some_posts();
	char *text;

	(void)state;
	posts[0].reached = false;
	strcpy(posts[0].why, "no answer within 5 seconds");
	assert_int_equal(post_level(&posts[0]), 2);
	text = draw(posts, 1, 80, true);
	assert_non_null(strstr(text, "NO ANSWER: no answer within 5 seconds"));
	assert_non_null(strstr(text, "what follows is"));
	free(text);
	posts_free(posts, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused_whole),
		cmocka_unit_test(test_a_page_of_the_hub),
		cmocka_unit_test(test_shown_clean),
		cmocka_unit_test(test_a_picture),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_no_line_is_wider_than_the_terminal),
		cmocka_unit_test(test_an_old_answer_is_told_as_old),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
