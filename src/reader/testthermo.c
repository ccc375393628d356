/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * testthermo - a serial thermometer that is not there: it sends, or answers,
 * as its protocol does. For the tests and for `chot demo`. Its frames are
 * written from the papers of the makers, not with the code that reads them.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define FRAME_BYTES_MAX 2064
#define QUESTION_BYTES_MAX 9
#define ROOM_MC 27400
#define AMBIENT_MC 28100

enum deed { ONCE, STREAM, WAKE };

struct question {
	const char *hex;
	enum deed deed;
};

struct testthermo {
	const struct kind *kind;
	struct testdevice_calls calls;
	int32_t object_mc, ambient_mc;
	int32_t jitter_mc;      /* of the object, either way */
	unsigned seed;
	bool streams, awake, mute, asked;
	struct lesson lesson;
	long damage;            /* frames that will be sent with a wrong byte */
	int64_t next_ms;
	size_t n;               /* of a question that has begun */
	unsigned char bytes[QUESTION_BYTES_MAX];
};

/* One row a protocol. What it does without being told is in streams. */
struct kind {
	const char *name;
	bool streams;
	long period_ms; /* of what it sends by itself */
	size_t (*frame)(const struct testthermo *t, unsigned char *out);
	struct question questions[3];
	bool wants_waking;
	/* What its questions do not tell: 1, 0 or -1 as understand(). */
	int (*learn)(struct lesson *lesson, const unsigned char *bytes,
	    size_t n);
};

/* ---- numbers ----------------------------------------------------------------- */

static void
put_be(unsigned char *out, long value)
{
	out[0] = (unsigned char)(value >> 8);
	out[1] = (unsigned char)value;
}

static void
put_le(unsigned char *out, long value)
{
	out[0] = (unsigned char)value;
	out[1] = (unsigned char)(value >> 8);
}

/* The sum of the bytes from..to, behind them. */
static void
put_sum(unsigned char *out, size_t from, size_t to)
{
	out[to] = 0;
	for (size_t i = from; i < to; i++)
		out[to] = (unsigned char)(out[to] + out[i]);
}

/* ---- frames -------------------------------------------------------------------- */

static size_t
gy_mcu(const struct testthermo *t, unsigned char *out)
{
	memcpy(out, "\x5a\x5a\x45\x04", 4);
	put_be(out + 4, t->object_mc / 10);
	put_be(out + 6, t->ambient_mc / 10);
	put_sum(out, 0, 8);
	return 9;
}

static size_t
cjmcu(const struct testthermo *t, unsigned char *out)
{
	out[0] = out[1] = 0x66;
	out[2] = t->asked ? 2 : 1;
	out[3] = 4;
	put_be(out + 4, t->object_mc / 10);
	put_be(out + 6, t->ambient_mc / 10);
	put_sum(out, 0, 8);
	return 9;
}

static size_t
gy_614v(const struct testthermo *t, unsigned char *out)
{
	memcpy(out, "\xa4\x03\x07\x07\x62", 5); /* emissivity 0.98 */
	put_be(out + 5, t->object_mc / 10);
	put_be(out + 7, t->ambient_mc / 10);
	put_be(out + 9, (t->object_mc + 900) / 10);
	put_sum(out, 0, 11);
	return 12;
}

static size_t
gd60914(const struct testthermo *t, unsigned char *out)
{
	return (size_t)sprintf((char *)out, "%+07ld",
	    (long)t->object_mc / 100);
}

static size_t
rqvk002(const struct testthermo *t, unsigned char *out)
{
	memcpy(out, "\x5a\x00\x00\x00\x00\xa5", 6);
	out[2] = (unsigned char)((t->ambient_mc - 25000) / 100);
	out[3] = (unsigned char)((t->object_mc - 36000) / 100);
	return 6;
}

static size_t
haiman(const struct testthermo *t, unsigned char *out)
{
	memcpy(out, "\xa5\x55\x00\x00\x00\x00\xfb", 7);
	put_le(out + 2, t->object_mc / 10);
	return 7;
}

static size_t
htpa(const struct testthermo *t, unsigned char *out)
{
	memcpy(out, "\xa5\x05\x00\x00", 4);
	put_be(out + 4, t->ambient_mc / 100);
	put_be(out + 6, t->object_mc / 100);
	put_be(out + 8, ROOM_MC / 100);
	put_be(out + 10, t->object_mc / 100);
	return 12;
}

/* Sixteenths of a kelvin, ambient and object in frames of their own. */
static size_t
tn9(const struct testthermo *t, unsigned char *out)
{
	out[0] = 0x66;
	put_be(out + 1, (t->ambient_mc + 273150) * 16L / 1000);
	put_sum(out, 0, 3);
	out[4] = 0x0d;
	out[5] = 0x4c;
	put_be(out + 6, (t->object_mc + 273150) * 16L / 1000);
	put_sum(out, 5, 8);
	out[9] = 0x0d;
	return 10;
}

static size_t
optris(const struct testthermo *t, unsigned char *out)
{
	put_be(out, t->object_mc / 100 + 1000);
	return 2;
}

static size_t
modbus(const struct testthermo *t, unsigned char *out)
{
	memcpy(out, "\x01\x04\x02", 3);
	put_be(out + 3, t->object_mc / 100);
	testlearn_crc(out, 5);
	return 7;
}

/* One measurement is one line: it speaks when somebody stands there. */
static size_t
ascii(const struct testthermo *t, unsigned char *out)
{
	return (size_t)sprintf((char *)out, "Tbody:%d.%dC Tamb:%d.%d\r\n",
	    t->object_mc / 1000, t->object_mc / 100 % 10,
	    t->ambient_mc / 1000, t->ambient_mc / 100 % 10);
}

/* ---- arrays of pixels: the person is four of them in the middle --------------------- */

static void
pixels(const struct testthermo *t, unsigned char *out, int columns, int rows,
    int32_t zero_mc, int32_t step_mc, void (*put)(unsigned char *, long))
{
	for (int y = 0; y < rows; y++)
		for (int x = 0; x < columns; x++) {
			bool person = x / 2 == columns / 4 && y / 2 == rows / 4;
			int32_t mc = person ? t->object_mc :
			    ROOM_MC - 3000 + (x * 7 + y * 3) % 5 * 100;

			put(out + 2 * (y * columns + x),
			    (mc + zero_mc) / step_mc);
		}
}

static size_t
mlx90621(const struct testthermo *t, unsigned char *out)
{
	memset(out, 0, 136);
	memcpy(out, "\xa5\x06\x80", 3);
	pixels(t, out + 3, 16, 4, 0, 10, put_be);
	put_be(out + 131, t->ambient_mc / 10);
	out[135] = 0xbf;
	return 136;
}

static size_t
chuwo(const struct testthermo *t, unsigned char *out)
{
	memset(out, 0, 2055);
	out[0] = 0xe1;
	pixels(t, out + 1, 32, 32, 273100, 100, put_be);
	put_be(out + 2049, (t->ambient_mc + 273100) / 100);
	return 2055;
}

static size_t
ym32a(const struct testthermo *t, unsigned char *out)
{
	memset(out, 0, 2061);
	memcpy(out, "ABCDEF", 6);
	pixels(t, out + 6, 32, 32, 0, 100, put_be);
	return 2061;
}

static size_t
mcu90640(const struct testthermo *t, unsigned char *out)
{
	memset(out, 0, 1544);
	memcpy(out, "\x5a\x5a\x02\x06", 4);
	pixels(t, out + 4, 32, 24, 0, 10, put_le);
	put_le(out + 1540, t->ambient_mc / 10);
	return 1544;
}

static const struct kind kinds[] = {
	{ "gy-mcu90614", true, 71, gy_mcu,
	    { { "a545ea", STREAM }, { "a515ba", ONCE } }, false, NULL },
	{ "gy-mcu90615", true, 71, gy_mcu,
	    { { "a545ea", STREAM }, { "a515ba", ONCE } }, false, NULL },
	{ "cjmcu-90614", true, 100, cjmcu,
	    { { "66660156", STREAM }, { "66660256", ONCE } }, false, NULL },
	{ "gy-614v", true, 100, gy_614v, { { NULL, ONCE } }, false, NULL },
	{ "gd60914", false, 0, gd60914,
	    { { "a1", WAKE }, { "aa", ONCE }, { "ab", ONCE } }, true, NULL },
	{ "rqvk002", true, 120, rqvk002, { { NULL, ONCE } }, false, NULL },
	{ "haiman", false, 0, haiman, { { "a55501fb", ONCE } }, false, NULL },
	{ "htpa", false, 200, htpa,
	    { { "a50501bf", STREAM }, { "a50500bf", ONCE } }, false, NULL },
	{ "tn9", true, 100, tn9, { { NULL, ONCE } }, false, NULL },
	{ "optris", false, 0, optris,
	    { { "01", ONCE }, { "b101", ONCE } }, false, testlearn_optris },
	{ "modbus", false, 0, modbus,
	    { { "01040000000131ca", ONCE } }, false, testlearn_modbus },
	{ "mlx90621", false, 250, mlx90621,
	    { { "a50601bf", STREAM }, { "a50600bf", ONCE } }, false, NULL },
	{ "chuwo", false, 0, chuwo, { { "eee10155fffcfdff", ONCE } }, false, NULL },
	{ "ym32a", false, 125, ym32a,
	    { { "fffffe290001feffff", WAKE }, { "fffffe260000feffff", WAKE },
	    { "fffffe280001feffff", STREAM } }, true, NULL },
	{ "gy-mcu90640", false, 250, mcu90640,
	    { { "a53502dc", STREAM }, { "a53501db", ONCE } }, false, NULL },
	{ "ascii", false, 0, ascii, { { NULL, ONCE } }, false, NULL },
};

/* ---- what it does --------------------------------------------------------------------- */

static void
say(const struct testthermo *t, const char *word, const unsigned char *bytes,
    size_t n)
{
	char line[16 + 2 * QUESTION_BYTES_MAX + 1];
	size_t at = (size_t)snprintf(line, sizeof(line), "%.8s ", word);

	hex_print(bytes, n, line + at);
	t->calls.say(t->calls.arg, line);
}

static void
send_frame(struct testthermo *t)
{
	unsigned char out[FRAME_BYTES_MAX];
	int32_t object_mc = t->object_mc;
	size_t n;

	if (t->mute)
		return;
	t->seed = t->seed * 1664525u + 1013904223u;
	t->object_mc += (int32_t)(t->seed >> 16) % (2 * t->jitter_mc + 1) -
	    t->jitter_mc;
	n = t->kind->frame(t, out);
	t->object_mc = object_mc;
	if (t->damage > 0) {
		t->damage--;
		out[n / 2] ^= 0x55;
	}
	t->calls.send(t->calls.arg, out, n);
}

static void
obey(struct testthermo *t, enum deed deed, int64_t now_ms)
{
	if (deed == WAKE)
		t->awake = true;
	if (t->kind->wants_waking && !t->awake)
		return;
	if (deed == STREAM && !t->streams)
		t->next_ms = now_ms + t->kind->period_ms;
	t->streams |= deed == STREAM;
	t->asked = deed == ONCE;
	if (deed == ONCE)
		send_frame(t);
	t->asked = false;
}

static int
learn(struct testthermo *t)
{
	int done = t->kind->learn(&t->lesson, t->bytes, t->n);

	if (done == 1 && t->lesson.learnt)
		say(t, "learnt", t->bytes, t->n);
	if (done == 1 && !t->mute)
		t->calls.send(t->calls.arg, t->lesson.answer,
		    t->lesson.nanswer);
	return done;
}

/* 1: a question, and it was answered; 0: it may become one; -1: it is none. */
static int
understand(struct testthermo *t, int64_t now_ms)
{
	bool begun = false;

	for (size_t i = 0; i < nitems(t->kind->questions); i++) {
		const struct question *question = &t->kind->questions[i];
		unsigned char bytes[QUESTION_BYTES_MAX];
		ssize_t n = question->hex == NULL ? -1 :
		    hex_parse(question->hex, strlen(question->hex), bytes,
		    sizeof(bytes));

		if (n < (ssize_t)t->n || memcmp(bytes, t->bytes, t->n) != 0)
			continue;
		begun = true;
		if ((size_t)n > t->n)
			continue;
		obey(t, question->deed, now_ms);
		return 1;
	}
	return begun ? 0 : t->kind->learn != NULL ? learn(t) : -1;
}

void
testthermo_bytes(struct testthermo *t, const unsigned char *bytes, size_t n,
    int64_t now_ms)
{
	for (size_t i = 0; i < n; i++) {
		int done;

		t->bytes[t->n++] = bytes[i];
		done = understand(t, now_ms);
		if (done < 0)
			say(t, "noise", t->bytes, t->n);
		if (done != 0)
			t->n = 0;
	}
}

int64_t
testthermo_tick(struct testthermo *t, int64_t now_ms)
{
	if (!t->streams)
		return -1;
	if (now_ms >= t->next_ms) {
		send_frame(t);
		/* Late is late: it sends no two frames at once. */
		t->next_ms = now_ms + t->kind->period_ms;
	}
	return t->next_ms;
}

struct testthermo *
testthermo_new(const char *protocol, const struct testdevice_calls *calls)
{
	struct testthermo *t;

	for (size_t i = 0; i < nitems(kinds); i++) {
		if (strcmp(kinds[i].name, protocol) != 0)
			continue;
		t = calloc(1, sizeof(*t));
		if (t == NULL)
			mem_none();
		t->kind = &kinds[i];
		t->calls = *calls;
		t->streams = t->kind->streams;
		t->object_mc = ROOM_MC;
		t->ambient_mc = AMBIENT_MC;
		t->lesson.emissivity = 950;
		return t;
	}
	return NULL;
}

void
testthermo_free(struct testthermo *t)
{
	free(t);
}

void
testthermo_see(struct testthermo *t, int32_t object_mc)
{
	t->object_mc = object_mc != 0 ? object_mc : ROOM_MC;
	if (t->kind->frame == ascii && object_mc != 0)
		send_frame(t);
}

static bool
number_of(const char *line, const char *word, long most, long *number)
{
	size_t n = strlen(word);
	char *end;

	if (strncmp(line, word, n) != 0 || line[n] != ' ')
		return false;
	*number = strtol(line + n + 1, &end, 10);
	return end != line + n + 1 && *end == '\0' && labs(*number) <= most;
}

bool
testthermo_command(struct testthermo *t, const char *line)
{
	long number;

	if (number_of(line, "see", 99000, &number))
		testthermo_see(t, (int32_t)number);
	else if (number_of(line, "ambient", 99000, &number))
		t->ambient_mc = (int32_t)number;
	else if (number_of(line, "jitter", 5000, &number) && number >= 0)
		t->jitter_mc = (int32_t)number;
	else if (number_of(line, "damage", 1000, &number))
		t->damage = number;
	else if (strcmp(line, "quiet") == 0)
		t->streams = false;
	else if (strcmp(line, "mute") == 0 || strcmp(line, "speak") == 0)
		t->mute = line[0] == 'm';
	else
		return false;
	return true;
}
