/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup_relay - the step for the gate's relay. Boards that answer a question
 * are recognised by it. The others are mute: what could be one, by its plug,
 * is offered, and whoever hears it click says what it is.
 */
#include "setup_output.h"
#include "setup_talk.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "reader.h"

#define ASK_WAIT_MS 60000 /* a second a port */
#define CLICK_WAIT_MS 10000

/* What never answers, the commonest first. */
static const char *const mute_protocols[] = { "lcus", "hw667" };

/* ---- which one ------------------------------------------------------------------------------ */

static bool
a_board(void *arg, const char *line)
{
	static const char begin[] = "relay = \"";
	struct setup_output *output = arg;
	size_t n = strcspn(line, "\"") + 1, len;

	if (strncmp(line, begin, sizeof(begin) - 1) != 0)
		return false;
	len = strcspn(line + n, "\"");
	if (len < CONF_DEVICE_MAX && output->n < SETUP_OFFERS_MAX)
		snprintf(output->offers[output->n++], CONF_DEVICE_MAX,
		    "%.*s", (int)len, line + n);
	return false;
}

static bool
answered(const struct setup_output *output, const char *path)
{
	for (size_t i = 0; i < output->n; i++)
		if (strncmp(output->offers[i], "serial:", 7) == 0 &&
		    strncmp(output->offers[i] + 7, path, strlen(path)) == 0 &&
		    output->offers[i][7 + strlen(path)] == ',')
			return true;
	return false;
}

static void
ask(struct setup_output *output, struct reader_port_name *ports, size_t n)
{
	char *argv[READER_PORTS_MAX + 4] = { (char *)command_self(),
		(char *)"devices", (char *)"--boards" };
	struct talk talk = { .argv = argv, .wait_ms = ASK_WAIT_MS,
		.heard = a_board, .arg = output };
	char words[200];

	for (size_t i = 0; i < n; i++)
		argv[3 + i] = ports[i].path;
	if (n > 0)
		talk_run(&talk, words);
	for (size_t i = 0; i < n && output->n < SETUP_OFFERS_MAX; i++) {
		if (!ports[i].converter || answered(output, ports[i].path))
			continue;
		snprintf(output->offers[output->n++], CONF_DEVICE_MAX,
		    "serial:%s", ports[i].path);
	}
}

/* A port that another device has is asked nothing. */
static void
look_for(struct setup_output *output, const struct setup *s)
{
	static struct reader_port_name ports[READER_PORTS_MAX]; /* large */
	const char *given = getenv("CHOT_SETUP_PORTS");
	size_t n = reader_ports(&given, given != NULL, ports), free_ports = 0;

	output->n = 0;
	for (size_t i = 0; i < n; i++) {
		if (setup_taken(s, ports[i].path,
		    offsetof(struct conf_lane, relay)))
			continue;
		ports[free_ports] = ports[i];
		ports[free_ports++].converter |= given != NULL;
	}
	ask(output, ports, free_ports);
}

/* ---- a click -------------------------------------------------------------------------------- */

/* Nothing is switched on before all is known to be off. */
static bool
clicks(struct setup *s, const char *device)
{
	return setup_output_try(ACTUATOR_RELAY, device,
	    "open 1 300 reason=setup", "switch 0 off channel=1",
	    CLICK_WAIT_MS) && setup_yes(s, _("Did it click? (y/n)"));
}

/* A port without a protocol: a board that gave no answer. */
static bool
is_mute(const char *device)
{
	return strncmp(device, "serial:", 7) == 0 &&
	    strstr(device, ",protocol=") == NULL;
}

/* One protocol after the other, until it clicks; device is what it then is. */
static bool
by_ear(struct setup *s, char device[CONF_DEVICE_MAX])
{
	char port[CONF_DEVICE_MAX];

	if (!is_mute(device))
		return true;
	memcpy(port, device, sizeof(port));
	if (!setup_yes(s, _("It opens the gate for a moment. Is the way clear? (y/n)")))
		return false;
	for (size_t i = 0; i < nitems(mute_protocols) && !s->ended; i++) {
		if (snprintf(device, CONF_DEVICE_MAX, "%s,protocol=%s", port,
		    mute_protocols[i]) >= CONF_DEVICE_MAX)
			return false;
		printf("  %s\n", device);
		fflush(stdout);
		if (clicks(s, device))
			return true;
	}
	printf("%s\n", _("It is not taken: nothing clicked."));
	return false;
}

/* ---- the step ------------------------------------------------------------------------------- */

bool
setup_relay(struct setup *s)
{
	static struct setup_output output = { /* large */
		.role = ACTUATOR_RELAY,
		.list = offsetof(struct conf_lane, relay),
		.question = N_("Relay of lane %s: number or device (0: none)"),
		.settle = by_ear,
	};
	bool good = true;

	look_for(&output, s);
	if (output.n == 0)
		printf("%s\n", _("No relay board is seen."));
	for (size_t i = 0; i < output.n; i++)
		printf("  %zu %s  %s\n", i + 1, output.offers[i],
		    is_mute(output.offers[i]) ? _("mute: a click tells what it is") :
		    _("it answers"));
	for (size_t i = 0; i < s->conf.nlanes && !s->ended; i++)
		good = setup_output_take(s, &s->conf.lanes[i],
		    &output) && good;
	return good;
}
