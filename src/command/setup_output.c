/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * setup_output - an output of a lane, chosen and tried. What the station would
 * refuse must not come into its configuration.
 */
#include "setup_output.h"
#include "setup_talk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool
may_be(enum actuator_role role, const char *text)
{
	struct err err = { 0 };
	struct device device;

	if (device_parse(text, &device, &err) == 0 &&
	    actuator_check(role, &device, &err) == 0)
		return true;
	printf("%s\n", err.text);
	return false;
}

bool
setup_output_take(struct setup *s, struct conf_lane *lane,
    const struct setup_output *output)
{
	struct conf_devices *list = (void *)((char *)lane + output->list);
	char question[CONF_NAME_MAX + 80], text[CONF_DEVICE_MAX];
	const char *answer;
	unsigned long n;
	char *end;

	snprintf(question, sizeof(question), _(output->question), lane->title);
	answer = setup_ask(s, question, list->count > 0 ? list->device[0] : "0");
	n = strtoul(answer, &end, 10);
	if (*end == '\0' && n == 0) {
		list->count = 0;
		return true;
	}
	if (*end == '\0' && n <= output->n)
		answer = output->offers[n - 1];
	if (strlen(answer) >= sizeof(text)) {
		printf("%s\n", _("Too long for a device."));
		return false;
	}
	snprintf(text, sizeof(text), "%s", answer);
	if ((output->settle != NULL && !output->settle(s, text)) ||
	    !may_be(output->role, text))
		return false;
	list->count = 1;
	memcpy(list->device[0], text, sizeof(text));
	return true;
}

/* Over as soon as there is an answer; *done: a good one. */
static bool
answered(void *arg, const char *line)
{
	*(bool *)arg = strncmp(line, "done 1", 6) == 0;
	return *(bool *)arg || strncmp(line, "fault 1 ", 8) == 0;
}

bool
setup_output_try(enum actuator_role role, const char *device,
    const char *order, const char *after, int64_t wait_ms)
{
	bool done = false;
	char *const argv[] = { (char *)command_self(), (char *)"drive",
		(char *)actuator_role_word(role), (char *)device, NULL };
	struct talk talk = { .argv = argv, .input = order, .after = after,
		.wait_ms = wait_ms, .heard = answered, .arg = &done };
	char words[200];

	if (talk_run(&talk, words) == 1 && done)
		return true;
	printf(_("  nothing came. %s\n"), words);
	return false;
}
