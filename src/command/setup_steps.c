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

/* A text of what chot-sync told. It writes \uXXXX for quotes, backslashes and
 * controls alone; a text with controls is not taken. */
static bool
told(const char *line, const char *name, char *out, size_t size)
{
	char sign[32], text[CONF_PATH_MAX];
	const char *at;
	size_t n = 0;

	snprintf(sign, sizeof(sign), "\"%s\":\"", name);
	at = strstr(line, sign);
	if (at == NULL)
		return false;
	for (at += strlen(sign); *at != '"' && *at != '\0'; at++) {
		unsigned code = (unsigned char)*at;

		if (code == '\\') {
			if (sscanf(at, "\\u%4x", &code) != 1 || code < ' ' ||
			    code > '~')
				return false;
			at += 5;
		}
		if (n + 1 == size || n + 1 == sizeof(text))
			return false;
		text[n++] = (char)code;
	}
	text[n] = '\0';
	if (*at != '"' || n == 0)
		return false;
	memcpy(out, text, n + 1);
	return true;
}

static bool
a_ticket(void *arg, const char *line)
{
	static struct event event; /* large */

	if (event_parse(line, &event, NULL) != 0 || event.kind != EVENT_SCAN ||
	    event.payload_len >= SETUP_ANSWER_MAX ||
	    memchr(event.payload, '\0', event.payload_len) != NULL)
		return false;
	memcpy(arg, event.payload, event.payload_len);
	((char *)arg)[event.payload_len] = '\0';
	return true;
}

/* A scanner that types gives the sheet as an answer; one on a serial port has
 * to be found, when the step devices has not yet, and read. */
static bool
ask_ticket(struct setup *s, char ticket[SETUP_ANSWER_MAX])
{
	struct conf_devices *list = &s->conf.lanes[0].scanner;
	char *const argv[] = { (char *)command_self(), (char *)"read",
		(char *)"scanner", list->device[0], NULL };
	struct talk talk = { .argv = argv, .wait_ms = TEST_WAIT_MS,
		.heard = a_ticket, .arg = ticket };
	char words[200];

	printf("%s\n", _("s: by a scanner on a serial port, that of lane 1"));
	setup_ask(s, _("Scan the sheet of the hub (Enter: a post without a hub)"),
	    "");
	snprintf(ticket, SETUP_ANSWER_MAX, "%s", s->answer);
	if (strcmp(ticket, "s") != 0)
		return !s->ended;
	if (list->count == 0 && (!setup_devices(s) || list->count == 0))
		return false;
	printf("%s\n", _("Scan it now."));
	fflush(stdout);
	if (talk_run(&talk, words) == 1)
		return true;
	printf(_("  nothing came. %s\n"), words);
	return false;
}

/* What the post is from now on is what its certificate says. */
static bool
take_over(struct setup *s, const char *line)
{
	char keys[CONF_PATH_MAX + 16];

	if (!told(line, "url", s->conf.hub.url, CONF_PATH_MAX) ||
	    !told(line, "station", s->conf.id, sizeof(s->conf.id)))
		return false;
	told(line, "name", s->conf.name, sizeof(s->conf.name));
	snprintf(keys, sizeof(keys), "%s/keys", s->conf.state);
	snprintf(s->conf.hub.certificate, CONF_PATH_MAX, "%.490s/post.crt", keys);
	snprintf(s->conf.hub.key, CONF_PATH_MAX, "%.490s/post.key", keys);
	snprintf(s->conf.hub.ca, CONF_PATH_MAX, "%.490s/hub-ca.crt", keys);
	snprintf(s->conf.hub.seal, CONF_PATH_MAX, "%.490s/hub.pub", keys);
	s->conf.hub.present = true;
	printf(_("This post is %s.\n"), s->conf.id);
	return true;
}

bool
setup_hub(struct setup *s)
{
	char words[200], line[SETUP_ANSWER_MAX] = "", ticket[SETUP_ANSWER_MAX];
	char *const argv[] = { (char *)command_self(), (char *)"sync",
		(char *)"--enrol", (char *)"--json", (char *)"--state",
		s->conf.state, NULL };
	struct owned owned;
	struct talk talk = { .argv = setup_as_owner(s, argv, &owned),
		.input = ticket, .wait_ms = ENROL_WAIT_MS, .heard = last_line,
		.arg = line };
	bool joined;

	if (!ask_ticket(s, ticket))
		return false;
	if (ticket[0] == '\0')
		return setup_own_seal(s);
	joined = talk_run(&talk, words) == 1;
	explicit_bzero(ticket, sizeof(ticket));
	if (!joined) {
		printf("%s %s\n", _("The hub did not take this post in:"),
		    words[0] != '\0' ? words : line);
		return false;
	}
	return take_over(s, line);
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
	    strncmp(line, "camera", 6) == 0 ? &lane->camera :
	    strncmp(line, "thermometer", 11) == 0 ? &lane->thermometer : NULL;
}

/* Like the first one, but without its devices. */
static void
add_lane(struct setup *s)
{
	struct conf_lane *next = &s->conf.lanes[s->conf.nlanes++];

	*next = s->conf.lanes[0];
	snprintf(next->title, sizeof(next->title), "%zu", s->conf.nlanes);
	next->scanner.count = next->thermometer.count = 0;
	next->printer.count = next->relay.count = 0;
	next->camera.count = next->plate.count = 0;
	next->booth.count = next->sound.count = 0;
	next->lamp.count = 0;
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
	while (s->conf.nlanes < (size_t)lane)
		add_lane(s);
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
	fflush(stdout);
	talk_run(&talk, words);
	for (size_t i = 0; i < s->conf.nlanes && found.n > 0; i++)
		s->conf.lanes[i].scanner.count = s->conf.lanes[i].camera.count =
		    s->conf.lanes[i].thermometer.count = 0;
	for (size_t i = 0; i < found.n; i++)
		put_device(s, found.lines[i]);
	if (found.n > 0)
		return true;
	printf("%s\n", _("Nothing was recognised. A scanner that types "
	    "like a keyboard needs no entry."));
	return setup_yes(s, _("Is that all: a scanner that types, "
	    "temperatures by hand? (y/n)"));
}

/* ---- trying ---------------------------------------------------------------------------------------- */

static bool
a_scan(void *arg, const char *line)
{
	static struct event event; /* large */

	(void)arg;
	if (event_parse(line, &event, NULL) != 0 || event.kind != EVENT_SCAN)
		return false;
	printf(_("  read: %zu bytes\n"), event.payload_len);
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

/* How many there are; *good becomes false when one is not heard of. */
static size_t
try_devices(struct setup *s, const char *role, size_t offset,
    const char *words_before, bool (*heard)(void *arg, const char *line),
    bool *good)
{
	size_t tried = 0;

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
				*good = false;
			}
		}
	}
	return tried;
}

/* A scanner that types is no device of the post, but may be its only one. */
static void
try_typed(struct setup *s)
{
	setup_ask(s, _("Scan any code with a scanner that types (Enter: there "
	    "is none)"), "");
	if (s->answer[0] != '\0')
		printf(_("  read: %zu bytes\n"), strlen(s->answer));
	else
		printf("%s\n", _("There is none."));
}

bool
setup_scan(struct setup *s)
{
	bool good = true;

	if (try_devices(s, "scanner", offsetof(struct conf_lane, scanner),
	    _("scan any code"), a_scan, &good) +
	    try_devices(s, "camera", offsetof(struct conf_lane, camera),
	    _("hold any code before the camera"), a_scan, &good) == 0)
		try_typed(s);
	return good;
}

bool
setup_temperature(struct setup *s)
{
	bool good = true;

	if (try_devices(s, "thermometer",
	    offsetof(struct conf_lane, thermometer),
	    _("stand before the thermometer"), a_temperature, &good) == 0)
		printf("%s\n", _("There is none."));
	return good;
}
