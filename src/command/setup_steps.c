/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup_steps - the steps that run other programs of ours: enrolment, finding
 * devices, and one reading of each to try.
 */
#include "setup.h"
#include "setup_talk.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEST_WAIT_MS 30000
#define ENROL_WAIT_MS 60000
#define FIND_WAIT_MS 20000

/* ---- hub ----------------------------------------------------------------------------------- */

static bool
last_line(void *arg, const char *line)
{
	snprintf(arg, SETUP_ANSWER_MAX, "%s", line);
	return strncmp(line, "{", 1) == 0;
}

/* Records have to be sealed to somebody, hub or not. */
static bool
own_seal(struct setup *s)
{
	char keys[CONF_PATH_MAX + 16], name[CONF_PATH_MAX + 32],
	    words[200], line[SETUP_ANSWER_MAX];
	char *const argv[] = { (char *)command_self(), (char *)"key",
		(char *)"seal", name, NULL };
	struct talk talk = { .argv = argv, .wait_ms = TEST_WAIT_MS,
		.heard = last_line, .arg = line };
	struct err err = { 0 };

	snprintf(keys, sizeof(keys), "%s/keys", s->conf.state);
	snprintf(name, sizeof(name), "%s/site.pub", keys);
	if (access(name, F_OK) == 0)
		return true;
	snprintf(name, sizeof(name), "%s/site", keys);
	if (dir_make(keys, 0700, &err) != 0) {
		printf("%s\n", err.text);
		return false;
	}
	talk_run(&talk, words);
	snprintf(name, sizeof(name), "%s/site.pub", keys);
	if (access(name, F_OK) != 0)
		return false;
	printf(_("Made %s/site.key: it opens every record. Take it away from "
	    "this post, and keep it safe.\n"), keys);
	return true;
}

bool
setup_hub(struct setup *s)
{
	char words[200], line[SETUP_ANSWER_MAX] = "", keys[CONF_PATH_MAX + 16];
	char *const argv[] = { (char *)command_self(), (char *)"sync",
		(char *)"--enrol", (char *)"--json", (char *)"--state",
		s->conf.state, NULL };
	char ticket[SETUP_ANSWER_MAX], *url, *end;
	struct talk talk = { .argv = argv, .input = ticket,
		.wait_ms = ENROL_WAIT_MS, .heard = last_line, .arg = line };

	setup_ask(s, _("Scan the sheet of the hub (Enter: a post without a hub)"),
	    "");
	snprintf(ticket, sizeof(ticket), "%s", s->answer);
	if (ticket[0] == '\0')
		return own_seal(s);
	if (talk_run(&talk, words) != 1) {
		printf("%s %s\n", _("The hub did not take this post in:"),
		    words[0] != '\0' ? words : line);
		return false;
	}
	url = strstr(line, "\"url\":\"");
	end = url != NULL ? strchr(url + 7, '"') : NULL;
	if (end == NULL || (size_t)(end - url) >= CONF_PATH_MAX)
		return false;
	snprintf(keys, sizeof(keys), "%s/keys", s->conf.state);
	snprintf(s->conf.hub.url, CONF_PATH_MAX, "%.*s", (int)(end - url - 7),
	    url + 7);
	snprintf(s->conf.hub.certificate, CONF_PATH_MAX, "%.490s/post.crt", keys);
	snprintf(s->conf.hub.key, CONF_PATH_MAX, "%.490s/post.key", keys);
	snprintf(s->conf.hub.ca, CONF_PATH_MAX, "%.490s/hub-ca.crt", keys);
	snprintf(s->conf.hub.seal, CONF_PATH_MAX, "%.490s/hub.pub", keys);
	s->conf.hub.present = true;
	return true;
}

/* ---- devices ----------------------------------------------------------------------------------- */

struct found {
	char lines[8][CONF_DEVICE_MAX + 32];
	size_t n;
};

static bool
find_line(void *arg, const char *line)
{
	struct found *found = arg;
	char clean[CONF_DEVICE_MAX + 32];

	text_clean(line, strlen(line), clean, sizeof(clean));
	if (line[0] == '#')
		printf("%s\n", clean);
	else if (strstr(clean, " = { \"") != NULL && found->n < 8)
		snprintf(found->lines[found->n++], sizeof(found->lines[0]),
		    "%s", clean);
	return false;
}

static struct conf_devices *
place_of(struct conf_lane *lane, const char *line)
{
	return strncmp(line, "scanner", 7) == 0 ? &lane->scanner :
	    strncmp(line, "thermometer", 11) == 0 ? &lane->thermometer : NULL;
}

static void
put_device(struct setup *s, const char *line)
{
	const char *from = strchr(line, '"'), *to;
	struct conf_devices *list;
	char question[CONF_DEVICE_MAX + 64];
	long lane;

	to = from != NULL ? strrchr(line, '"') : NULL;
	if (to == NULL || to <= from || to - from >= CONF_DEVICE_MAX)
		return;
	snprintf(question, sizeof(question), _("%s: lane (0: none)"), line);
	lane = strtol(setup_ask(s, question, "1"), NULL, 10);
	if (lane < 1 || lane > CONF_LANES_MAX)
		return;
	while (s->conf.nlanes < (size_t)lane) {
		struct conf_lane *next = &s->conf.lanes[s->conf.nlanes++];

		*next = s->conf.lanes[0];
		snprintf(next->title, sizeof(next->title), "%zu",
		    s->conf.nlanes);
		next->scanner.count = next->thermometer.count = 0;
		next->printer.count = next->relay.count = 0;
		next->camera.count = next->plate.count = 0;
		next->booth.count = next->sound.count = 0;
		next->lamp.count = 0;
	}
	list = place_of(&s->conf.lanes[lane - 1], line);
	if (list == NULL || list->count == CONF_DEVICES_MAX)
		return;
	snprintf(list->device[list->count++], CONF_DEVICE_MAX, "%.*s",
	    (int)(to - from - 1), from + 1);
}

bool
setup_devices(struct setup *s)
{
	static struct found found; /* large */
	char *const argv[] = { (char *)command_self(), (char *)"devices",
		NULL };
	const char *given = getenv("CHOT_SETUP_PORTS");
	char *const some[] = { (char *)command_self(), (char *)"devices",
		(char *)"-t", (char *)"5", (char *)given, NULL };
	struct talk talk = { .argv = given != NULL ? some : argv,
		.wait_ms = FIND_WAIT_MS, .heard = find_line, .arg = &found };
	char words[200];

	found.n = 0;
	printf("%s\n", _("Scan any code and stand before the thermometer, "
	    "again and again, for ten seconds."));
	talk_run(&talk, words);
	for (size_t i = 0; i < s->conf.nlanes && found.n > 0; i++)
		s->conf.lanes[i].scanner.count =
		    s->conf.lanes[i].thermometer.count = 0;
	for (size_t i = 0; i < found.n; i++)
		put_device(s, found.lines[i]);
	if (found.n == 0)
		printf("%s\n", _("Nothing was recognised. A scanner that types "
		    "like a keyboard needs no entry."));
	return found.n > 0;
}

/* ---- trying ---------------------------------------------------------------------------------------- */

static bool
a_scan(void *arg, const char *line)
{
	(void)arg;
	if (strncmp(line, "scan ", 5) != 0)
		return false;
	printf(_("  read: %zu bytes\n"), strlen(line) / 2);
	return true;
}

static bool
a_temperature(void *arg, const char *line)
{
	struct event event;

	(void)arg;
	if (event_parse(line, &event, NULL) != 0 || event.kind != EVENT_TEMP)
		return false;
	printf(_("  measured: %d.%d\n"), (int)(event.temp.result_mc / 1000),
	    (int)(event.temp.result_mc % 1000 / 100));
	return true;
}

static bool
try_devices(struct setup *s, const char *role, size_t offset,
    const char *words_before, bool (*heard)(void *arg, const char *line))
{
	size_t tried = 0;
	bool good = true;

	for (size_t i = 0; i < s->conf.nlanes; i++) {
		const struct conf_devices *list = (const void *)
		    ((const char *)&s->conf.lanes[i] + offset);

		for (size_t k = 0; k < list->count; k++) {
			char *const argv[] = { (char *)command_self(),
				(char *)"read", (char *)role,
				(char *)list->device[k], NULL };
			struct talk talk = { .argv = argv,
				.wait_ms = TEST_WAIT_MS, .heard = heard };
			char words[200];

			printf(_("Lane %s: "), s->conf.lanes[i].title);
			printf("%s\n", words_before);
			fflush(stdout);
			tried++;
			if (talk_run(&talk, words) != 1) {
				printf(_("  nothing came. %s\n"), words);
				good = false;
			}
		}
	}
	if (tried == 0)
		printf("%s\n", _("There is none."));
	return good;
}

bool
setup_scan(struct setup *s)
{
	return try_devices(s, "scanner", offsetof(struct conf_lane, scanner),
	    _("scan any code"), a_scan);
}

bool
setup_temperature(struct setup *s)
{
	return try_devices(s, "thermometer",
	    offsetof(struct conf_lane, thermometer),
	    _("stand before the thermometer"), a_temperature);
}

static bool
a_slip(void *arg, const char *line)
{
	(void)arg;
	return strncmp(line, "done ", 5) == 0;
}

bool
setup_slip(struct setup *s)
{
	size_t tried = 0;
	bool good = true;

	for (size_t i = 0; i < s->conf.nlanes; i++) {
		const struct conf_devices *list = &s->conf.lanes[i].printer;

		for (size_t k = 0; k < list->count; k++) {
			char *const argv[] = { (char *)command_self(),
				(char *)"drive", (char *)"printer",
				(char *)list->device[k], NULL };
			struct talk talk = { .argv = argv,
				.input = "slip 1 {\"title\":\"chot\","
				"\"station\":\"ĐƯỢC QUA\"}",
				.wait_ms = TEST_WAIT_MS, .heard = a_slip };
			char words[200];

			tried++;
			if (talk_run(&talk, words) != 1) {
				printf(_("  nothing came. %s\n"), words);
				good = false;
			}
		}
	}
	if (tried == 0)
		printf("%s\n", _("There is none."));
	return good;
}
