/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outputs - gate, booth, printer and sound of a lane, one child process each
 * (chot drive). They are told to act only after the recorder said `done`; a
 * device that is lost stops nobody from being recorded. The lamp follows the
 * camera and nothing that is recorded.
 */
#include "parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "actuator.h"

#define STALE_MS 30000
#define ORDERS_MAX 16 /* whose records are remembered */
#define NAME_MAX_BYTES 32

enum output_kind { OUTPUT_GATE, OUTPUT_BOOTH, OUTPUT_PRINTER, OUTPUT_SOUND,
	OUTPUT_LAMP, OUTPUTS };

struct output {
	struct outputs *all;
	enum output_kind kind;
	struct child *child; /* NULL: the lane has none */
	bool heard, lost;
	unsigned faults;
	char words[EVENT_WORDS_MAX]; /* its state, for a person */
};

struct order_of { /* whose record an order carries out */
	unsigned n;
	char id[OUTBOX_ID_MAX];
};

struct outputs {
	struct output list[OUTPUTS];
	struct outputs_calls calls;
	int lamp_s;
	int booth_s, booth_channel; /* channel 0: it has a board of its own */
	bool spoken;
	unsigned orders;  /* the number of the last one */
	unsigned gate_n, slip_n, lamp_n; /* those that are out; 0: none */
	char booth_id[OUTBOX_ID_MAX]; /* the booth runs when the gate is done */
	struct order_of recent[ORDERS_MAX];
};

static const struct {
	enum actuator_role role;
	const char *word, *trouble, *name;
} kinds[] = {
	[OUTPUT_GATE] = { ACTUATOR_RELAY, "gate", N_("Gate: %s"), N_("Gate") },
	[OUTPUT_BOOTH] = { ACTUATOR_RELAY, "booth", N_("Booth: %s"),
	    N_("Booth") },
	[OUTPUT_PRINTER] = { ACTUATOR_PRINTER, "printer", N_("Printer: %s"),
	    N_("Printer") },
	[OUTPUT_SOUND] = { ACTUATOR_SOUND, "sound", N_("Sound: %s"),
	    N_("Sound") },
	[OUTPUT_LAMP] = { ACTUATOR_RELAY, "lamp", N_("Lamp: %s"),
	    N_("Lamp") },
};

/* ---- what a device says ---------------------------------------------------------- */

/* status WORD: whether it works, and how that is said. */
static const struct {
	const char *word;
	bool lost;
	const char *text;
} states[] = {
	{ "ready", false, "" },
	{ "unknown", false, N_("never answers") },
	{ "paper-low", true, N_("paper low") },
	{ "paper-out", true, N_("paper out") },
	{ "cover-open", true, N_("cover open") },
	{ "offline", true, N_("offline") },
	{ "error", true, N_("out of order") },
	{ "silent", true, N_("does not answer any more") },
};

static void
set_state(struct output *o, bool lost, const char *words)
{
	char said[EVENT_WORDS_MAX];

	fault_words(words, said, sizeof(said));
	o->heard = true;
	o->lost = lost;
	text_clean(said, strlen(said), o->words, sizeof(o->words));
	o->all->calls.changed(o->all->calls.arg);
}

static void
note(struct output *o, const char *words)
{
	char said[EVENT_WORDS_MAX], text[VIEW_TEXT_MAX];

	fault_words(words, said, sizeof(said));
	snprintf(text, sizeof(text), _(kinds[o->kind].trouble), said);
	o->all->calls.note(o->all->calls.arg, text);
}

static const char *
record_of(const struct outputs *outputs, unsigned n)
{
	for (size_t i = 0; i < ORDERS_MAX; i++)
		if (n != 0 && outputs->recent[i].n == n)
			return outputs->recent[i].id;
	return "";
}

static void
run_booth(struct outputs *outputs, const char *id);

/* The gate has done what it could: now the booth of the same board may. */
static void
gate_over(struct outputs *outputs)
{
	char id[OUTBOX_ID_MAX];

	outputs->gate_n = 0;
	if (outputs->booth_id[0] == '\0')
		return;
	memcpy(id, outputs->booth_id, sizeof(id));
	outputs->booth_id[0] = '\0';
	run_booth(outputs, id);
}

/* One order was refused or failed: that is said; the device may be well. */
static void
refused(struct output *o, unsigned n, const char *words)
{
	struct outputs *outputs = o->all;

	if (o->kind == OUTPUT_SOUND) {
		if (strncmp(words, "busy", 4) != 0)
			outputs->calls.bell(outputs->calls.arg);
		return;
	}
	if (o->kind == OUTPUT_PRINTER && n == outputs->slip_n &&
	    strcmp(words, "already printed") == 0) {
		outputs->calls.printed_before(outputs->calls.arg);
		return;
	}
	note(o, words);
	/* It stays on the screen until a slip comes out again. */
	if (o->kind == OUTPUT_PRINTER && !o->lost &&
	    strncmp(words, "the printer", 11) == 0)
		set_state(o, true, words);
	if (n == outputs->gate_n)
		gate_over(outputs);
	if (n == outputs->lamp_n)
		outputs->lamp_n = 0;
}

/* "switch N on channel=1 reason=..." */
static void
switched(struct output *o, const char *line)
{
	struct outputs *outputs = o->all;
	struct output_switch s = { .device = kinds[o->kind].word };
	char state[8], reason[40];
	unsigned n;

	if (o->kind == OUTPUT_LAMP)
		return;
	if (sscanf(line, "switch %u %7s channel=%d reason=%39s", &n, state,
	    &s.channel, reason) != 4)
		return;
	if (o->kind == OUTPUT_GATE && outputs->booth_channel == s.channel)
		s.device = kinds[OUTPUT_BOOTH].word;
	s.on = strcmp(state, "on") == 0;
	s.reason = n == 0 && strcmp(reason, "none") == 0 ? "start" : reason;
	s.of_id = record_of(outputs, n);
	outputs->calls.switched(outputs->calls.arg, &s);
}

static void
on_status(struct output *o, const char *word)
{
	for (size_t i = 0; i < nitems(states); i++)
		if (strcmp(states[i].word, word) == 0)
			set_state(o, states[i].lost, states[i].text);
}

static void
on_line(void *arg, char *line, size_t len)
{
	struct output *o = arg;
	unsigned n;
	int at = 0;

	(void)len;
	if (sscanf(line, "fault %u %n", &n, &at) == 1 && at > 0) {
		o->faults++;
		if (n == 0)
			set_state(o, true, line + at);
		else
			refused(o, n, line + at);
	} else if (sscanf(line, "done %u", &n) == 1) {
		if (o->lost)
			set_state(o, false, "");
		if (o->kind == OUTPUT_GATE && n == o->all->gate_n)
			gate_over(o->all);
		if (o->kind == OUTPUT_LAMP && n == o->all->lamp_n)
			o->all->lamp_n = 0;
	} else if (strncmp(line, "status ", 7) == 0) {
		on_status(o, line + 7);
	} else if (strncmp(line, "switch ", 7) == 0) {
		switched(o, line);
	}
}

static void
on_state(void *arg, enum child_state state, const char *words)
{
	struct output *o = arg;

	if (state != CHILD_DOWN && state != CHILD_STALE)
		return;
	o->faults++;
	set_state(o, true, words);
	/* Nothing that was ordered of it will be done any more. */
	if (o->kind == OUTPUT_GATE) {
		o->all->gate_n = 0;
		o->all->booth_id[0] = '\0';
	}
	if (o->kind == OUTPUT_LAMP)
		o->all->lamp_n = 0;
}

/* ---- starting -------------------------------------------------------------------- */

static int
start(struct outputs *outputs, enum output_kind kind, struct loop *loop,
    const struct conf_devices *list, const struct station_options *options,
    const char *option, const char *value, struct err *err)
{
	struct output *o = &outputs->list[kind];
	char *argv[] = { (char *)options->self, (char *)"drive",
		(char *)actuator_role_word(kinds[kind].role),
		(char *)list->device[0], (char *)(value[0] != '\0' ? option :
		NULL), (char *)value, NULL };
	struct child_spec spec = {
		.name = kinds[kind].word, .argv = argv,
		.line_max = EVENT_LINE_MAX, .stale_ms = STALE_MS,
		.restart_min_ms = 250, .restart_max_ms = 10000,
		.on_line = on_line, .on_state = on_state, .arg = o,
	};

	*o = (struct output){ .all = outputs, .kind = kind };
	if (list->count == 0)
		return 0;
	o->child = child_start(loop, &spec, err);
	return o->child != NULL ? 0 : -1;
}

static int
start_all(struct outputs *outputs, struct loop *loop, const struct conf *conf,
    const struct conf_lane *lane, const struct station_options *options,
    struct err *err)
{
	static const struct conf_devices none;
	bool silent = strcmp(lane->voice, "none") == 0;
	char log[CONF_PATH_MAX + 16];

	snprintf(log, sizeof(log), "%s/prints.log", conf->state);
	outputs->booth_s = lane->booth_s;
	outputs->lamp_s = lane->lamp_s;
	outputs->booth_channel = lane->booth.count == 0 && lane->booth_s > 0 ?
	    lane->booth_channel : 0;
	outputs->spoken = strcmp(lane->voice, "words") == 0;
	return start(outputs, OUTPUT_GATE, loop, &lane->relay, options, "",
	    "", err) != 0 || start(outputs, OUTPUT_BOOTH, loop, &lane->booth,
	    options, "", "", err) != 0 || start(outputs, OUTPUT_LAMP, loop,
	    &lane->lamp, options, "", "", err) != 0 ||
	    start(outputs, OUTPUT_PRINTER, loop,
	    &lane->printer, options, "--log", log, err) != 0 ||
	    start(outputs, OUTPUT_SOUND, loop, silent ? &none : &lane->sound,
	    options, "--sounds", lane->sounds, err) != 0 ? -1 : 0;
}

struct outputs *
outputs_start(struct loop *loop, const struct conf *conf,
    const struct conf_lane *lane, const struct station_options *options,
    const struct outputs_calls *calls, struct err *err)
{
	struct outputs *outputs = calloc(1, sizeof(*outputs));

	if (outputs == NULL)
		mem_none();
	outputs->calls = *calls;
	if (start_all(outputs, loop, conf, lane, options, err) == 0)
		return outputs;
	outputs_stop(outputs);
	return NULL;
}

void
outputs_stop(struct outputs *outputs)
{
	if (outputs == NULL)
		return;
	for (size_t i = 0; i < OUTPUTS; i++)
		child_stop(outputs->list[i].child);
	free(outputs);
}

/* ---- orders ---------------------------------------------------------------------- */

/* EPOCH-SEQ of the record: a reason is one word of 31 letters at most. */
static void
reason_of(const char *id, char out[NAME_MAX_BYTES])
{
	const char *slash = strchr(id, '/');
	char *mark;

	snprintf(out, NAME_MAX_BYTES, "%.31s", slash != NULL ? slash + 1 : id);
	mark = strrchr(out, '/');
	if (mark != NULL)
		*mark = '-';
}

static unsigned
number_for(struct outputs *outputs, const char *id)
{
	unsigned n = ++outputs->orders;
	struct order_of *of = &outputs->recent[n % ORDERS_MAX];

	of->n = n;
	snprintf(of->id, sizeof(of->id), "%s", id);
	return n;
}

static void
run_booth(struct outputs *outputs, const char *id)
{
	struct output *o = &outputs->list[outputs->booth_channel > 0 ?
	    OUTPUT_GATE : OUTPUT_BOOTH];
	char line[128], reason[NAME_MAX_BYTES];

	if (o->child == NULL || outputs->booth_s == 0)
		return;
	reason_of(id, reason);
	snprintf(line, sizeof(line), "on %u %d reason=%s channel=%d",
	    number_for(outputs, id), outputs->booth_s * 1000, reason,
	    outputs->booth_channel > 0 ? outputs->booth_channel : 1);
	child_send(o->child, line, NULL); /* lost: it is shown */
}

void
outputs_let_through(struct outputs *outputs, const char *id)
{
	struct output *gate = &outputs->list[OUTPUT_GATE];
	char line[96], reason[NAME_MAX_BYTES];

	if (gate->child != NULL) {
		reason_of(id, reason);
		outputs->gate_n = number_for(outputs, id);
		snprintf(line, sizeof(line), "open %u reason=%s",
		    outputs->gate_n, reason);
		if (child_send(gate->child, line, NULL) != 0)
			outputs->gate_n = 0; /* lost: it is shown */
	}
	/* One board does one thing after the other: its interlock. */
	if (outputs->booth_channel > 0 && outputs->gate_n != 0)
		snprintf(outputs->booth_id, sizeof(outputs->booth_id), "%s",
		    id);
	else
		run_booth(outputs, id);
}

bool
outputs_print(struct outputs *outputs, const char *slip)
{
	struct output *printer = &outputs->list[OUTPUT_PRINTER];
	char *line;
	bool sent;

	if (printer->child == NULL)
		return false;
	outputs->slip_n = ++outputs->orders;
	if (asprintf(&line, "slip %u %s", outputs->slip_n, slip) < 0)
		mem_none();
	sent = child_send(printer->child, line, NULL) == 0;
	free(line);
	if (!sent)
		note(printer, printer->lost ? printer->words :
		    N_("does not answer"));
	return sent;
}

bool
outputs_sound(struct outputs *outputs, bool pass)
{
	struct output *sound = &outputs->list[OUTPUT_SOUND];
	char line[64];

	if (sound->child == NULL || sound->lost)
		return false;
	if (outputs->spoken)
		snprintf(line, sizeof(line), "words %u %s", ++outputs->orders,
		    pass ? "moi-qua" : "moi-gap-can-bo");
	else
		snprintf(line, sizeof(line), "tone %u", ++outputs->orders);
	return child_send(sound->child, line, NULL) == 0;
}

/* Hints come twice a second: one order is out at a time. */
void
outputs_hint(struct outputs *outputs, const char *word)
{
	struct output *lamp = &outputs->list[OUTPUT_LAMP];
	char line[64];

	if (lamp->child == NULL || outputs->lamp_n != 0 ||
	    strcmp(word, "dark") != 0)
		return;
	outputs->lamp_n = ++outputs->orders;
	snprintf(line, sizeof(line), "on %u %d reason=dark", outputs->lamp_n,
	    outputs->lamp_s * 1000);
	if (child_send(lamp->child, line, NULL) != 0)
		outputs->lamp_n = 0; /* lost: it is shown */
}

bool
outputs_printer(const struct outputs *outputs)
{
	return outputs->list[OUTPUT_PRINTER].child != NULL;
}

size_t
outputs_troubles(const struct outputs *outputs, char lines[][VIEW_TEXT_MAX],
    size_t most)
{
	size_t n = 0;

	for (size_t i = 0; i < OUTPUTS && n < most; i++)
		if (outputs->list[i].lost)
			snprintf(lines[n++], VIEW_TEXT_MAX,
			    _(kinds[i].trouble), outputs->list[i].words);
	return n;
}

bool
outputs_state(const struct outputs *outputs, size_t *i,
    struct device_state *state)
{
	for (; *i < OUTPUTS; (*i)++) {
		const struct output *o = &outputs->list[*i];

		if (o->child == NULL)
			continue;
		snprintf(state->word, sizeof(state->word), "%s",
		    kinds[*i].word);
		snprintf(state->name, sizeof(state->name), "%s",
		    _(kinds[*i].name));
		snprintf(state->words, sizeof(state->words), "%s", o->words);
		state->heard = o->heard;
		state->lost = o->lost;
		state->faults = o->faults;
		(*i)++;
		return true;
	}
	return false;
}
