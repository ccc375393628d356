/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A configuration is taken whole, or refused with file and line. */
#include "test.h"

#include <dirent.h>
#include <unistd.h>

#include "conf.h"

static const char *
source(const char *name)
{
	static char path[1024];

	snprintf(path, sizeof(path), "%s/%s", getenv("SRCDIR"), name);
	return path;
}

/* Loads a text through a scratch file; returns what conf_load() returned. */
static int
load_text(const char *text, struct conf *conf, struct err *err)
{
	char path[] = "/tmp/chot-conf-XXXXXX";
	int fd = mkstemp(path), done;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	done = conf_load(path, conf, err);
	unlink(path);
	return done;
}

static void
test_sample_loads_as_printed(void **state)
{
	struct conf conf;
	struct err err = { .text = "" };

	(void)state;
	if (conf_load(source("tests/conf/sample.conf"), &conf, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(conf.id, "ST-QL1A");
	assert_string_equal(conf.name, "Chốt Quốc lộ 1A");
	assert_string_equal(conf.unit, "94");
	assert_true(conf.latitude == (double)9.6); /* i386 reckons with more */
	assert_string_equal(conf.mode, "attended");
	assert_int_equal(conf.utc_offset_s, 7 * 3600);
	assert_string_equal(conf.policy, "/etc/chot/policy.conf");
	assert_int_equal(conf.nlanes, 1);
	assert_string_equal(conf.lanes[0].title, "1");
	assert_string_equal(conf.lanes[0].direction, "in");
	assert_string_equal(conf.lanes[0].order, "scan-first");
	assert_int_equal(conf.lanes[0].scanner.count, 1);
	assert_int_equal(conf.lanes[0].camera.count, 1);
	assert_string_equal(conf.lanes[0].camera.device[0],
	    "v4l2:/dev/video0,size=1280x720");
	assert_string_equal(conf.lanes[0].thermometer.device[0],
	    "serial:/dev/ttyUSB0,baud=9600,protocol=gy-mcu90614");
	assert_true(conf.hub.present);
	assert_string_equal(conf.hub.url, "https://hub.example");
	assert_int_equal(conf.hub.every_s, 60);
	/* Relative to the file. */
	assert_non_null(strstr(conf.hub.seal, "/tests/conf/hub.pub"));
	assert_true(conf.hub.seal[0] == '/');
}

static void
test_defaults_make_a_lane(void **state)
{
	struct conf conf;

	(void)state;
	conf_defaults(&conf);
	assert_int_equal(conf.nlanes, 1);
	assert_string_equal(conf.lanes[0].title, "1");
	assert_string_equal(conf.lanes[0].direction, "in");
	assert_int_equal(conf.lanes[0].scanner.count, 0);
	assert_string_equal(conf.mode, "attended");
	assert_string_equal(conf.theme, "daylight");
	assert_string_equal(conf.run, "/run/chot");
	assert_int_equal(conf.utc_offset_s, 25200);
	assert_false(conf.hub.present);
	assert_int_equal(conf.hub.every_s, 60);
}

static void
test_lanes_start_from_the_defaults(void **state)
{
	struct conf conf;
	struct err err = { .text = "" };

	(void)state;
	if (load_text("station { id = X utc_offset = \"-03:30\" zone = 3 }\n"
	    "lane a { direction = out scanner = \"tcp:10.0.0.1:4001\" }\n"
	    "lane b { order = temp-first\n scanner = { \"serial:a\" }\n"
	    "scanner += { \"exec:echo a,b=c: d\" } }", &conf, &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(conf.nlanes, 2);
	assert_int_equal(conf.utc_offset_s, -12600);
	assert_int_equal(conf.zone, 3);
	assert_string_equal(conf.lanes[0].order, "scan-first");
	assert_string_equal(conf.lanes[0].scanner.device[0],
	    "tcp:10.0.0.1:4001");
	assert_string_equal(conf.lanes[1].direction, "in");
	assert_int_equal(conf.lanes[1].scanner.count, 2);
	assert_string_equal(conf.lanes[1].scanner.device[0],
	    "serial:/tmp/a");
	assert_string_equal(conf.lanes[1].scanner.device[1],
	    "exec:echo a,b=c: d");
	assert_false(conf.hub.present);
}

/* The text of a printed configuration; the caller frees it. */
static char *
printed(const struct conf *conf)
{
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	conf_print(conf, out);
	fclose(out);
	return text;
}

static void
test_printed_configuration_is_taken_back(void **state)
{
	struct conf conf, again;
	struct err err = { .text = "" };
	char *text, *second;

	(void)state;
	assert_int_equal(conf_load(source("tests/conf/sample.conf"), &conf,
	    &err), 0);
	strcpy(conf.name, "\"Chốt\" \\ 1");
	strcpy(conf.lanes[0].title, "a \"b\" \\");
	conf.latitude = -0.0000123;
	text = printed(&conf);
	if (load_text(text, &again, &err) < 0)
		fail_msg("%s", err.text);
	second = printed(&again);
	assert_string_equal(text, second);
	assert_string_equal(conf.name, again.name);
	free(text);
	free(second);
}

static void
test_template_loads(void **state)
{
	struct conf conf;
	struct err err = { .text = "" };
	char *text = NULL;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	(void)state;
	conf_print_template(out);
	fclose(out);
	if (load_text(text, &conf, &err) < 0)
		fail_msg("%s\n%s", err.text, text);
	free(text);
}

/* Each file of tests/conf/bad says in its first line what must be said. */
static void
test_bad_files_are_refused_by_line(void **state)
{
	struct dirent *entry;
	DIR *directory = opendir(source("tests/conf/bad"));
	int seen = 0;

	(void)state;
	assert_non_null(directory);
	while ((entry = readdir(directory)) != NULL) {
		char name[512], first[512] = "", want[1600];
		struct conf conf;
		struct err err = { .text = "" };
		FILE *file;

		if (strstr(entry->d_name, ".conf") == NULL)
			continue;
		snprintf(name, sizeof(name), "tests/conf/bad/%s",
		    entry->d_name);
		file = fopen(source(name), "r");
		assert_non_null(file);
		assert_non_null(fgets(first, sizeof(first), file));
		fclose(file);
		assert_int_equal(strncmp(first, "# want ", 7), 0);
		first[strcspn(first, "\n")] = '\0';
		snprintf(want, sizeof(want), "%s:%s", source(name), first + 7);
		if (conf_load(source(name), &conf, &err) == 0)
			fail_msg("%s was taken", name);
		assert_string_equal(err.text, want);
		assert_int_equal(err.kind, ERR_SETUP);
		seen++;
	}
	closedir(directory);
	assert_true(seen > 20);
}

static void
test_missing_file_is_a_setup_error(void **state)
{
	struct conf conf;
	struct err err;

	(void)state;
	assert_int_equal(conf_load("/nonexistent/chot.conf", &conf, &err), -1);
	assert_int_equal(err.kind, ERR_SETUP);
	assert_non_null(strstr(err.text, "/nonexistent/chot.conf"));
	assert_int_equal(conf_load("/tmp", &conf, &err), -1);
	assert_int_equal(err.kind, ERR_SETUP);
}

static void
test_own_file_is_found_by_xdg(void **state)
{
	char directory[] = "/tmp/chot-xdg-XXXXXX", path[128];
	struct conf conf;
	struct err err = { .text = "" };
	FILE *file;

	(void)state;
	if (access("/etc/chot/chot.conf", F_OK) == 0)
		skip();
	assert_non_null(mkdtemp(directory));
	setenv("XDG_CONFIG_HOME", directory, 1);
	setenv("XDG_STATE_HOME", "/s", 1);
	setenv("XDG_RUNTIME_DIR", "/r", 1);
	assert_int_equal(conf_load(NULL, &conf, &err), -1);
	assert_non_null(strstr(err.text, "no configuration"));
	snprintf(path, sizeof(path), "%s/chot", directory);
	assert_int_equal(dir_make(path, 0700, &err), 0);
	strcat(path, "/chot.conf");
	file = fopen(path, "w");
	assert_non_null(file);
	fputs("station { id = A }\n", file);
	fclose(file);
	if (conf_load(NULL, &conf, &err) < 0)
		fail_msg("%s", err.text);
	assert_string_equal(conf.state, "/s/chot");
	assert_string_equal(conf.run, "/r/chot");
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	rmdir(directory);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sample_loads_as_printed),
		cmocka_unit_test(test_defaults_make_a_lane),
		cmocka_unit_test(test_lanes_start_from_the_defaults),
		cmocka_unit_test(test_printed_configuration_is_taken_back),
		cmocka_unit_test(test_template_loads),
		cmocka_unit_test(test_bad_files_are_refused_by_line),
		cmocka_unit_test(test_missing_file_is_a_setup_error),
		cmocka_unit_test(test_own_file_is_found_by_xdg),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
