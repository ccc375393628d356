/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * health - what a printer says of itself: three questions (DLE EOT 1, 2, 4),
 * each answered by one byte, or never.
 *
 * Many cheap printers never answer: that is "unknown", no fault. Some mean
 * "soon out" by the bits of "out": only one that also stopped is out.
 */
#include "parts.h"

static const unsigned char questions[] = { 1, 2, 4 };

static const struct {
	const char *word, *words;
	bool prints;
} states[] = {
	[HEALTH_UNKNOWN] = { "unknown", N_("the printer never answers"), true },
	[HEALTH_READY] = { "ready", N_("ready"), true },
	[HEALTH_PAPER_LOW] = { "paper-low", N_("paper is low"), true },
	[HEALTH_PAPER_OUT] = { "paper-out", N_("the printer is out of paper"),
	    false },
	[HEALTH_COVER] = { "cover-open", N_("the printer's cover is open"),
	    false },
	[HEALTH_OFFLINE] = { "offline", N_("the printer is off-line"), false },
	[HEALTH_ERROR] = { "error", N_("the printer reports an error"), false },
	[HEALTH_SILENT] = { "silent", N_("the printer no longer answers"),
	    false },
};

void
health_init(struct health *h)
{
	*h = (struct health){ .state = HEALTH_UNKNOWN };
}

static size_t
ask(struct health *h, int64_t now_ms, unsigned char out[3])
{
	out[0] = 0x10;
	out[1] = 0x04;
	out[2] = questions[h->step - 1];
	h->asked_ms = now_ms;
	return 3;
}

size_t
health_ask(struct health *h, int64_t now_ms, unsigned char out[3])
{
	h->offline = h->cover = h->out = h->low = h->error = false;
	h->step = 1;
	return ask(h, now_ms, out);
}

static void
conclude(struct health *h)
{
	h->step = 0;
	h->state = h->cover ? HEALTH_COVER :
	    h->out ? HEALTH_PAPER_OUT :
	    h->error ? HEALTH_ERROR :
	    h->offline ? HEALTH_OFFLINE :
	    h->low ? HEALTH_PAPER_LOW : HEALTH_READY;
}

bool
health_take(struct health *h, unsigned char byte, int64_t now_ms,
    unsigned char out[3], size_t *n)
{
	*n = 0;
	/* The fixed bits; all else is noise, or an answer to GS r. */
	if (h->step == 0 || (byte & 0x93) != 0x12)
		return false;
	h->ever = true;
	h->silences = 0;
	switch (questions[h->step - 1]) {
	case 1:
		h->offline = byte & 0x08;
		break;
	case 2:
		h->cover = byte & 0x04;
		h->out = byte & 0x20;
		h->error = byte & 0x40;
		break;
	default:
		h->low = byte & 0x6C;
		h->out = h->out || (h->offline && (byte & 0x60) != 0);
	}
	if (++h->step <= (int)nitems(questions)) {
		*n = ask(h, now_ms, out);
		return false;
	}
	conclude(h);
	return true;
}

bool
health_tick(struct health *h, int64_t now_ms)
{
	if (h->step == 0 || now_ms - h->asked_ms < HEALTH_WAIT_MS)
		return false;
	h->step = 0;
	if (++h->silences >= 2)
		h->state = h->ever ? HEALTH_SILENT : HEALTH_UNKNOWN;
	return true;
}

const char *
health_word(enum health_state state)
{
	return states[state].word;
}

const char *
health_words(enum health_state state)
{
	return states[state].words;
}

bool
health_prints(enum health_state state)
{
	return states[state].prints;
}

bool
health_is_paper_answer(unsigned char byte)
{
	return (byte & 0x90) == 0;
}
