/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup_relay - the step for the gate's relay. Boards that answer a question
 * are recognised by it. The others are mute: what could be one, by its plug,
 * is offered, and whoever hears it click says what it is.
 */
#include "setup.h"
#include "setup_talk.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actuator.h"
#include "reader.h"

#define ASK_WAIT_MS 60000 /* a second a port */
#define CLICK_WAIT_MS 10000

/* What never answers, the commonest first. */
static const char *const mute_protocols[] = { "lcus", "hw667" };

struct offers {
	char devices[READER_PORTS_MAX][CONF_DEVICE_MAX];
	bool mute[READER_PORTS_MAX]; /* its protocol is not known */
	size_t n;
};

/* ---- which one ------------------------------------------------------------------------------ */

static bool
a_board(void *arg, const char *line)
{
	static const char begin[] = "relay = \"";
	struct offers *offers = arg;
	size_t n = strcspn(line, "\"") + 1, len;

	if (strncmp(line, begin, sizeof(begin) - 1) != 0)
		return false;
	len = strcspn(line + n, "\"");
	if (len < CONF_DEVICE_MAX && offers->n < READER_PORTS_MAX)
		snprintf(offers->devices[offers->n++], CONF_DEVICE_MAX,
		    "%.*s", (int)len, line + n);
	return false;
}

static bool
answered(const struct offers *offers, const char *path)
{
	for (size_t i = 0; i < offers->n; i++)
		if (strncmp(offers->devices[i], "serial:", 7) == 0 &&
		    strncmp(offers->devices[i] + 7, path, strlen(path)) == 0 &&
		    offers->devices[i][7 + strlen(path)] == ',')
			return true;
	return false;
}

static void
ask(struct offers *offers, struct reader_port_name *ports, size_t n)
{
	char *argv[READER_PORTS_MAX + 4] = { (char *)command_self(),
		(char *)"devices", (char *)"--boards" };
	struct talk talk = { .argv = argv, .wait_ms = ASK_WAIT_MS,
		.heard = a_board, .arg = offers };
	char words[200];

	for (size_t i = 0; i < n; i++)
		argv[3 + i] = ports[i].path;
	if (n > 0)
		talk_run(&talk, words);
	for (size_t i = 0; i < n && offers->n < READER_PORTS_MAX; i++) {
		if (!ports[i].converter || answered(offers, ports[i].path))
			continue;
		snprintf(offers->devices[offers->n], CONF_DEVICE_MAX,
		    "serial:%s", ports[i].path);
		offers->mute[offers->n++] = true;
	}
}

/* A port that another device has is asked nothing. */
static void
look_for(struct offers *offers, const struct setup *s)
{
	static struct reader_port_name ports[READER_PORTS_MAX]; /* large */
	const char *given = getenv("CHOT_SETUP_PORTS");
	size_t n = reader_ports(&given, given != NULL, ports), free_ports = 0;

	memset(offers, 0, sizeof(*offers));
	for (size_t i = 0; i < n; i++) {
		if (setup_taken(s, ports[i].path,
		    offsetof(struct conf_lane, relay)))
			continue;
		ports[free_ports] = ports[i];
		ports[free_ports++].converter |= given != NULL;
	}
	ask(offers, ports, free_ports);
}

/* ---- a click -------------------------------------------------------------------------------- */

static bool
switched(void *arg, const char *line)
{
	*(bool *)arg = strncmp(line, "done 1", 6) == 0;
	return *(bool *)arg || strncmp(line, "fault 1 ", 8) == 0;
}

static bool
clicks(struct setup *s, const char *device)
{
	bool done = false;
	char *const argv[] = { (char *)command_self(), (char *)"drive",
		(char *)"relay", (char *)device, NULL };
	/* Nothing is switched on before all is known to be off. */
	struct talk talk = { .argv = argv, .input = "open 1 300 reason=setup",
		.after = "switch 0 off channel=1", .wait_ms = CLICK_WAIT_MS,
		.heard = switched, .arg = &done };
	char words[200];

	if (talk_run(&talk, words) != 1 || !done) {
		printf(_("  nothing came. %s\n"), words);
		return false;
	}
	return setup_yes(s, _("Did it click? (y/n)"));
}

/* One protocol after the other, until it clicks; out is what it then is. */
static bool
by_ear(struct setup *s, const char *port, char out[CONF_DEVICE_MAX])
{
	if (!setup_yes(s, _("It opens the gate for a moment. Is the way clear? (y/n)")))
		return false;
	for (size_t i = 0; i < nitems(mute_protocols) && !s->ended; i++) {
		if (snprintf(out, CONF_DEVICE_MAX, "%s,protocol=%s", port,
		    mute_protocols[i]) >= CONF_DEVICE_MAX)
			return false;
		printf("  %s\n", out);
		fflush(stdout);
		if (clicks(s, out))
			return true;
	}
	printf("%s\n", _("It is not taken: nothing clicked."));
	return false;
}

/* ---- the step ------------------------------------------------------------------------------- */

static bool
may_be(const char *text)
{
	struct err err = { 0 };
	struct device device;

	if (device_parse(text, &device, &err) == 0 &&
	    actuator_check(ACTUATOR_RELAY, &device, &err) == 0)
		return true;
	printf("%s\n", err.text);
	return false;
}

static bool
take_relay(struct setup *s, struct conf_lane *lane,
    const struct offers *offers)
{
	char question[CONF_NAME_MAX + 80], text[CONF_DEVICE_MAX];
	const char *answer;
	unsigned long n;
	char *end;

	snprintf(question, sizeof(question),
	    _("Relay of lane %s: number or device (0: none)"), lane->title);
	answer = setup_ask(s, question, lane->relay.count > 0 ?
	    lane->relay.device[0] : "0");
	n = strtoul(answer, &end, 10);
	if (*end == '\0' && n == 0) {
		lane->relay.count = 0;
		return true;
	}
	if (*end == '\0' && n <= offers->n)
		answer = offers->devices[n - 1];
	if (strlen(answer) >= sizeof(text)) {
		printf("%s\n", _("Too long for a device."));
		return false;
	}
	snprintf(text, sizeof(text), "%s", answer);
	if (*end == '\0' && n <= offers->n && offers->mute[n - 1] &&
	    !by_ear(s, offers->devices[n - 1], text))
		return false;
	if (!may_be(text))
		return false;
	lane->relay.count = 1;
	snprintf(lane->relay.device[0], CONF_DEVICE_MAX, "%s", text);
	return true;
}

bool
setup_relay(struct setup *s)
{
	static struct offers offers; /* large */
	bool good = true;

	look_for(&offers, s);
	if (offers.n == 0)
		printf("%s\n", _("No relay board is seen."));
	for (size_t i = 0; i < offers.n; i++)
		printf("  %zu %s  %s\n", i + 1, offers.devices[i],
		    offers.mute[i] ? _("mute: a click tells what it is") :
		    _("it answers"));
	for (size_t i = 0; i < s->conf.nlanes && !s->ended; i++)
		good = take_relay(s, &s->conf.lanes[i], &offers) && good;
	return good;
}
