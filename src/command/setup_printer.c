/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup_printer - the steps for the slip printer: which one stands at which
 * lane, and a slip to try. A printer says nothing by itself, so it cannot be
 * found by listening: what could be one is offered by number.
 */
#include "setup.h"
#include "setup_talk.h"

#include <glob.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actuator.h"

#define SLIP_WAIT_MS 30000
#define OFFERS_MAX 12

struct offers {
	char devices[OFFERS_MAX][CONF_DEVICE_MAX];
	size_t n;
};

/* ---- which one ------------------------------------------------------------------------------ */

static const struct place {
	const char *pattern, *form;
} places[] = {
	{ "/dev/chot/printer-*", "lp:%s,protocol=escpos" },
	{ "/dev/usb/lp*", "lp:%s,protocol=escpos" },
	{ "/dev/serial/by-id/*", "serial:%s,baud=9600,protocol=escpos" },
};

static void
offer(struct offers *offers, const struct setup *s, const char *form,
    const char *path)
{
	char *to = offers->devices[offers->n];
	const char *colon = strchr(form, ':'), *rest = strchr(form, ',');
	int n;

	if (offers->n == OFFERS_MAX || strlen(path) >= CONF_PATH_MAX / 2 ||
	    setup_taken(s, path, offsetof(struct conf_lane, printer)))
		return;
	n = snprintf(to, CONF_DEVICE_MAX, "%.*s:%s%s", (int)(colon - form),
	    form, path, rest);
	if (n > 0 && n < CONF_DEVICE_MAX)
		offers->n++;
}

static void
look_for(struct offers *offers, const struct setup *s)
{
	const char *given = getenv("CHOT_SETUP_PORTS");

	offers->n = 0;
	for (size_t i = 0; i < nitems(places); i++) {
		char pattern[CONF_PATH_MAX];
		glob_t found;

		snprintf(pattern, sizeof(pattern), "%s%s", setup_root(),
		    places[i].pattern);
		if (glob(pattern, 0, NULL, &found) == 0)
			for (size_t k = 0; k < found.gl_pathc; k++)
				offer(offers, s, places[i].form,
				    found.gl_pathv[k]);
		globfree(&found);
	}
	if (given != NULL)
		offer(offers, s, "serial:,baud=9600,protocol=escpos", given);
}

/* Looked at before it is believed: a device that the station would refuse
 * must not come into its configuration. */
static bool
may_be(const char *text, struct err *err)
{
	struct device device;

	return device_parse(text, &device, err) == 0 &&
	    actuator_check(ACTUATOR_PRINTER, &device, err) == 0;
}

static bool
take_printer(struct setup *s, struct conf_lane *lane,
    const struct offers *offers)
{
	char question[CONF_NAME_MAX + 80], text[CONF_DEVICE_MAX];
	struct err err = { 0 };
	const char *answer;
	char *end;
	unsigned long n;

	snprintf(question, sizeof(question),
	    _("Printer of lane %s: number or device (0: none)"), lane->title);
	answer = setup_ask(s, question, lane->printer.count > 0 ?
	    lane->printer.device[0] : "0");
	n = strtoul(answer, &end, 10);
	if (*end == '\0' && n == 0) {
		lane->printer.count = 0;
		return true;
	}
	if (*end == '\0' && n <= offers->n)
		answer = offers->devices[n - 1];
	if (strlen(answer) >= sizeof(text)) {
		printf("%s\n", _("Too long for a device."));
		return false;
	}
	snprintf(text, sizeof(text), "%s", answer);
	if (!may_be(text, &err)) {
		printf("%s\n", err.text);
		return false;
	}
	lane->printer.count = 1;
	snprintf(lane->printer.device[0], CONF_DEVICE_MAX, "%s", text);
	return true;
}

/* The width is in the device's line, where it is not what printers have. */
static void
ask_width(struct setup *s, struct conf_lane *lane)
{
	char *text = lane->printer.device[0];
	size_t n = strlen(text);

	if (lane->printer.count == 0 || strstr(text, ",width=") != NULL ||
	    strstr(text, ",dots=") != NULL || n + 16 >= CONF_DEVICE_MAX)
		return;
	if (strcmp(setup_ask(s, _("Its paper: 1 58 mm, 2 80 mm"), "1"),
	    "2") == 0)
		snprintf(text + n, CONF_DEVICE_MAX - n, ",width=80");
}

bool
setup_printer(struct setup *s)
{
	static struct offers offers; /* large */
	bool good = true;

	look_for(&offers, s);
	if (offers.n == 0)
		printf("%s\n", _("No printer is seen. One on the network is "
		    "tcp:HOST:9100,protocol=escpos."));
	for (size_t i = 0; i < offers.n; i++)
		printf("  %zu %s\n", i + 1, offers.devices[i]);
	for (size_t i = 0; i < s->conf.nlanes; i++) {
		if (take_printer(s, &s->conf.lanes[i], &offers))
			ask_width(s, &s->conf.lanes[i]);
		else
			good = false;
	}
	return good;
}

/* ---- trying ------------------------------------------------------------------------------------- */

/* Over as soon as the printer has an answer; *printed: a good one. */
static bool
a_slip(void *arg, const char *line)
{
	*(bool *)arg = strncmp(line, "done 1", 6) == 0;
	return *(bool *)arg || strncmp(line, "fault 1 ", 8) == 0;
}

static bool
try_slip(const char *device)
{
	bool printed = false;
	char *const argv[] = { (char *)command_self(), (char *)"drive",
		(char *)"printer", (char *)device, NULL };
	struct talk talk = { .argv = argv,
		.input = "slip 1 {\"title\":\"ĐƯỢC QUA\",\"station\":\"chot\","
		"\"public\":\"Ặ Ẫ Ễ Ỗ Ữ Ỵ ạ ị ụ ẹ\",\"serial\":\"SETUP/1\"}",
		.wait_ms = SLIP_WAIT_MS, .heard = a_slip, .arg = &printed };
	char words[200];

	if (talk_run(&talk, words) == 1 && printed)
		return true;
	printf(_("  nothing came. %s\n"), words);
	return false;
}

bool
setup_slip(struct setup *s)
{
	size_t tried = 0;
	bool good = true;

	for (size_t i = 0; i < s->conf.nlanes; i++) {
		const struct conf_devices *list = &s->conf.lanes[i].printer;

		for (size_t k = 0; k < list->count; k++, tried++)
			good = try_slip(list->device[k]) && good;
	}
	if (tried == 0) {
		printf("%s\n", _("There is none."));
		return true;
	}
	return good && setup_yes(s,
	    _("Does it say ĐƯỢC QUA, with all marks? (y/n)"));
}
