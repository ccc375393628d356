/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outputs - the gate and the printer of a lane, one child process each
 * (chot drive). They are told to act only after the recorder said `done`; a
 * device that is lost stops nobody from being recorded.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actuator.h"

#define STALE_MS 30000

struct output {
	struct outputs *all;
	enum actuator_role role;
	struct child *child; /* NULL: the lane has none */
	bool lost;
	char words[EVENT_WORDS_MAX];
};

struct outputs {
	struct output gate, printer;
	unsigned orders; /* the number of the last one */
	void (*changed)(void *arg);
	void *arg;
};

static void
set_lost(struct output *o, bool lost, const char *words)
{
	char said[EVENT_WORDS_MAX];

	if (!lost && !o->lost)
		return;
	o->lost = lost;
	fault_words(words, said, sizeof(said));
	text_clean(said, strlen(said), o->words, sizeof(o->words));
	o->all->changed(o->all->arg);
}

static void
on_line(void *arg, char *line, size_t len)
{
	struct output *o = arg;
	unsigned n;
	int at = 0;

	(void)len;
	if (sscanf(line, "fault %u %n", &n, &at) == 1 && at > 0) {
		if (n == 0) /* the device; else one order was refused */
			set_lost(o, true, line + at);
	} else if (strcmp(line, "status ready") == 0 ||
	    strncmp(line, "done ", 5) == 0) {
		set_lost(o, false, "");
	} else if (strcmp(line, "status paper-low") == 0) {
		set_lost(o, true, N_("paper low"));
	} else if (strcmp(line, "status paper-out") == 0) {
		set_lost(o, true, N_("paper out"));
	} else if (strcmp(line, "status cover-open") == 0) {
		set_lost(o, true, N_("cover open"));
	}
}

static void
on_state(void *arg, enum child_state state, const char *words)
{
	if (state == CHILD_DOWN || state == CHILD_STALE)
		set_lost(arg, true, words);
}

static int
start(struct outputs *outputs, struct output *o, enum actuator_role role,
    struct loop *loop, const struct conf_devices *list,
    const struct station_options *options, struct err *err)
{
	char *argv[] = { (char *)options->self, (char *)"drive",
		(char *)actuator_role_word(role), (char *)list->device[0],
		NULL };
	struct child_spec spec = {
		.name = actuator_role_word(role), .argv = argv,
		.line_max = EVENT_LINE_MAX, .stale_ms = STALE_MS,
		.restart_min_ms = 250, .restart_max_ms = 10000,
		.on_line = on_line, .on_state = on_state, .arg = o,
	};

	*o = (struct output){ .all = outputs, .role = role };
	if (list->count == 0)
		return 0;
	o->child = child_start(loop, &spec, err);
	return o->child != NULL ? 0 : -1;
}

struct outputs *
outputs_start(struct loop *loop, const struct conf_lane *lane,
    const struct station_options *options, void (*changed)(void *arg),
    void *arg, struct err *err)
{
	struct outputs *outputs = calloc(1, sizeof(*outputs));

	if (outputs == NULL)
		abort();
	outputs->changed = changed;
	outputs->arg = arg;
	if (start(outputs, &outputs->gate, ACTUATOR_RELAY, loop, &lane->relay,
	    options, err) != 0 || start(outputs, &outputs->printer,
	    ACTUATOR_PRINTER, loop, &lane->printer, options, err) != 0) {
		outputs_stop(outputs);
		return NULL;
	}
	return outputs;
}

void
outputs_stop(struct outputs *outputs)
{
	if (outputs == NULL)
		return;
	child_stop(outputs->gate.child);
	child_stop(outputs->printer.child);
	free(outputs);
}

void
outputs_open_gate(struct outputs *outputs, const char *reason)
{
	char line[64];
	const char *slash = strchr(reason, '/');
	char *mark;

	if (outputs->gate.child == NULL)
		return;
	/* EPOCH/SEQ of the record: a reason has 31 characters at most. */
	snprintf(line, sizeof(line), "open %u reason=%.31s", ++outputs->orders,
	    slash != NULL ? slash + 1 : reason);
	mark = strrchr(line, '/');
	if (mark != NULL)
		*mark = '-'; /* a reason is one word */
	child_send(outputs->gate.child, line, NULL); /* lost: it is shown */
}

bool
outputs_print(struct outputs *outputs, const char *slip)
{
	char *line;
	bool sent;

	if (outputs->printer.child == NULL)
		return false;
	if (asprintf(&line, "slip %u %s", ++outputs->orders, slip) < 0)
		abort();
	sent = child_send(outputs->printer.child, line, NULL) == 0;
	free(line);
	return sent;
}

bool
outputs_printer(const struct outputs *outputs)
{
	return outputs->printer.child != NULL;
}

size_t
outputs_troubles(const struct outputs *outputs, char lines[][VIEW_TEXT_MAX],
    size_t most)
{
	size_t n = 0;

	if (outputs->gate.lost && n < most)
		snprintf(lines[n++], VIEW_TEXT_MAX, _("Gate: %s"),
		    outputs->gate.words);
	if (outputs->printer.lost && n < most)
		snprintf(lines[n++], VIEW_TEXT_MAX, _("Printer: %s"),
		    outputs->printer.words);
	return n;
}
