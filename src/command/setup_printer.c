/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup_printer - the steps for the slip printer: which one stands at which
 * lane, and a slip to try. A printer says nothing by itself, so it cannot be
 * found by listening: what could be one is offered by number.
 */
#include "setup_output.h"

#include <glob.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLIP_WAIT_MS 30000

/* ---- which one ------------------------------------------------------------------------------ */

static const struct place {
	const char *pattern, *form;
} places[] = {
	{ "/dev/chot/printer-*", "lp:%s,protocol=escpos" },
	{ "/dev/usb/lp*", "lp:%s,protocol=escpos" },
	{ "/dev/serial/by-id/*", "serial:%s,baud=9600,protocol=escpos" },
};

static void
offer(struct setup_output *output, const struct setup *s, const char *form,
    const char *path)
{
	char *to = output->offers[output->n];
	const char *colon = strchr(form, ':'), *rest = strchr(form, ',');
	int n;

	if (output->n == SETUP_OFFERS_MAX || strlen(path) >= CONF_PATH_MAX / 2 ||
	    setup_taken(s, path, offsetof(struct conf_lane, printer)))
		return;
	n = snprintf(to, CONF_DEVICE_MAX, "%.*s:%s%s", (int)(colon - form),
	    form, path, rest);
	if (n > 0 && n < CONF_DEVICE_MAX)
		output->n++;
}

static void
look_for(struct setup_output *output, const struct setup *s)
{
	const char *given = getenv("CHOT_SETUP_PORTS");

	output->n = 0;
	for (size_t i = 0; i < nitems(places); i++) {
		char pattern[CONF_PATH_MAX];
		glob_t found;

		snprintf(pattern, sizeof(pattern), "%s%s", setup_root(),
		    places[i].pattern);
		if (glob(pattern, 0, NULL, &found) == 0)
			for (size_t k = 0; k < found.gl_pathc; k++)
				offer(output, s, places[i].form,
				    found.gl_pathv[k]);
		globfree(&found);
	}
	if (given != NULL)
		offer(output, s, "serial:,baud=9600,protocol=escpos", given);
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
	static struct setup_output output = { /* large */
		.role = ACTUATOR_PRINTER,
		.list = offsetof(struct conf_lane, printer),
		.question = N_("Printer of lane %s: number or device (0: none)"),
	};
	bool good = true;

	look_for(&output, s);
	if (output.n == 0)
		printf("%s\n", _("No printer is seen. One on the network is "
		    "tcp:HOST:9100,protocol=escpos."));
	for (size_t i = 0; i < output.n; i++)
		printf("  %zu %s\n", i + 1, output.offers[i]);
	for (size_t i = 0; i < s->conf.nlanes; i++) {
		if (setup_output_take(s, &s->conf.lanes[i], &output))
			ask_width(s, &s->conf.lanes[i]);
		else
			good = false;
	}
	return good;
}

/* ---- trying ------------------------------------------------------------------------------------- */

static bool
try_slip(const char *device)
{
	return setup_output_try(ACTUATOR_PRINTER, device,
	    "slip 1 {\"title\":\"ĐƯỢC QUA\",\"station\":\"chot\","
	    "\"public\":\"Ặ Ẫ Ễ Ỗ Ữ Ỵ ạ ị ụ ẹ\",\"serial\":\"SETUP/1\"}",
	    NULL, SLIP_WAIT_MS);
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
