/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * diagnose - what a scanner did to a code whose bytes are known. Pure.
 *
 * Each wrong setting changes the bytes in its own way: the code is changed in
 * each of these ways and compared with what came.
 */
#include "parts.h"

#include <ctype.h>
#include <string.h>

#define CHANGED_MAX (2 * TESTCODE_MAX)
#define SLOW_MS 4000
#define NOISE_SHARE 2 /* one of so many bytes is no text */

/* ---- the codes ----------------------------------------------------------------- */

/* The last one is as long as the certificates that people carry. */
static const char *const codes[TESTCODES] = {
	"CHOT-TEST-1 abc XYZ 0123456789",
	"CHOT-TEST-2 Nguy\u1ec5n \u0110\u1ea1t \u1ef9 \u1ef1 \u1eb7",
	"CHOT-TEST-3 !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
	"CHOT-TEST-4 ",
};
static const char alphabet[] =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

size_t
testcode_payload(int number, unsigned char out[TESTCODE_MAX])
{
	size_t n = strlen(codes[number - 1]);

	memcpy(out, codes[number - 1], n);
	/* No two places look alike: a lost piece is a lost piece. */
	for (size_t i = 0; number == TESTCODES && n < TESTCODE_MAX - 100; i++)
		out[n++] = (unsigned char)alphabet[(i * i / 7 + i * 11) %
		    (sizeof(alphabet) - 1)];
	return n;
}

/* ---- the ways in which they are changed ---------------------------------------------- */

/* Changes n bytes into out, CHANGED_MAX of room; returns their number. */
typedef size_t (*change_fn)(const unsigned char *bytes, size_t n,
    unsigned char *out);

static size_t
keep(const unsigned char *bytes, size_t n, unsigned char *out)
{
	memcpy(out, bytes, n);
	return n;
}

static size_t
swap_case(const unsigned char *bytes, size_t n, unsigned char *out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)(isupper(bytes[i]) ?
		    tolower(bytes[i]) : toupper(bytes[i]));
	return n;
}

static size_t
upper_case(const unsigned char *bytes, size_t n, unsigned char *out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)toupper(bytes[i]);
	return n;
}

static size_t
lower_case(const unsigned char *bytes, size_t n, unsigned char *out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = (unsigned char)tolower(bytes[i]);
	return n;
}

static size_t
seven_bits(const unsigned char *bytes, size_t n, unsigned char *out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = bytes[i] & 0x7f;
	return n;
}

/* UTF-8 taken for Latin-1 and made UTF-8 once more. */
static size_t
twice(const unsigned char *bytes, size_t n, unsigned char *out)
{
	size_t length = 0;

	for (size_t i = 0; i < n; i++) {
		if (bytes[i] >= 0x80)
			out[length++] = (unsigned char)(0xc0 | bytes[i] >> 6);
		out[length++] = bytes[i] < 0x80 ? bytes[i] :
		    (unsigned char)(0x80 | (bytes[i] & 0x3f));
	}
	return length;
}

static size_t
ascii_alone(const unsigned char *bytes, size_t n, unsigned char *out)
{
	size_t length = 0;

	for (size_t i = 0; i < n; i++)
		if (bytes[i] < 0x80)
			out[length++] = bytes[i];
	return length;
}

static size_t
question_marks(const unsigned char *bytes, size_t n, unsigned char *out)
{
	size_t length = 0;

	for (size_t i = 0; i < n; i++)
		if (bytes[i] < 0x80)
			out[length++] = bytes[i];
		else if ((bytes[i] & 0xc0) != 0x80)
			out[length++] = '?';
	return length;
}

/* Each character of from becomes that of to, and the other way round. */
static size_t
exchange(const unsigned char *bytes, size_t n, unsigned char *out,
    const char *from, const char *to)
{
	for (size_t i = 0; i < n; i++) {
		const char *a = bytes[i] == '\0' ? NULL :
		    strchr(from, bytes[i]);
		const char *b = bytes[i] == '\0' ? NULL : strchr(to, bytes[i]);

		out[i] = a != NULL ? (unsigned char)to[a - from] :
		    b != NULL ? (unsigned char)from[b - to] : bytes[i];
	}
	return n;
}

static size_t
german(const unsigned char *bytes, size_t n, unsigned char *out)
{
	return exchange(bytes, n, out, "yY", "zZ");
}

static size_t
french(const unsigned char *bytes, size_t n, unsigned char *out)
{
	return exchange(bytes, n, out, "aAwW", "qQzZ");
}

static const struct {
	enum finding finding;
	change_fn change;
} changes[] = {
	{ FINDING_GOOD, keep },
	{ FINDING_SWAPPED, swap_case }, { FINDING_UPPER, upper_case },
	{ FINDING_LOWER, lower_case }, { FINDING_LAYOUT, german },
	{ FINDING_LAYOUT, french }, { FINDING_SEVEN_BITS, seven_bits },
	{ FINDING_TWICE, twice }, { FINDING_LETTERS, ascii_alone },
	{ FINDING_LETTERS, question_marks },
};

/* ---- around the code ------------------------------------------------------------------- */

static void
say_bytes(const unsigned char *bytes, size_t n, char *out, size_t size)
{
	size_t at = 0;

	for (size_t i = 0; i < n && at + 4 < size; i++)
		at += (size_t)snprintf(out + at, size - at, "%s%02X",
		    i == 0 ? "" : " ", bytes[i]);
}

/* Takes the terminator off; returns the length that is left. */
static size_t
take_end(const unsigned char *bytes, size_t n, struct diagnosis *d)
{
	static const struct {
		const char *bytes;
		enum frame_end end;
	} ends[] = { { "\r\n", END_CRLF }, { "\r", END_CR }, { "\n", END_LF },
		{ "\t", END_TAB }, { "\x03", END_ETX } };
	size_t left = n;

	d->end = END_NONE;
	while (left > 0 && strchr("\r\n\t\x03", bytes[left - 1]) != NULL &&
	    bytes[left - 1] != '\0')
		left--;
	for (size_t i = 0; i < nitems(ends); i++)
		if (strlen(ends[i].bytes) == n - left &&
		    memcmp(ends[i].bytes, bytes + left, n - left) == 0)
			d->end = ends[i].end;
	if (left == n)
		d->found |= 1u << FINDING_NO_TERMINATOR;
	else if (d->end == END_NONE) {
		d->found |= 1u << FINDING_TERMINATOR;
		say_bytes(bytes + left, n - left, d->detail,
		    sizeof(d->detail));
	}
	return left;
}

/* An AIM identifier and STX are taken off when read; the rest is not. */
static void
judge_prefix(const unsigned char *bytes, size_t n, struct diagnosis *d)
{
	if (n > 0 && bytes[0] == 0x02) {
		bytes++;
		n--;
	}
	if (n == 0 || (n == 3 && bytes[0] == ']' && isalpha(bytes[1]) &&
	    isxdigit(bytes[2])))
		return;
	d->found |= 1u << FINDING_PREFIX;
	say_bytes(bytes, n, d->detail, sizeof(d->detail));
}

/* ---- comparing --------------------------------------------------------------------------- */

/* Whether the n bytes end in the code, changed in one of the ways. */
static bool
is_changed(int code, const unsigned char *bytes, size_t n,
    struct diagnosis *d)
{
	unsigned char payload[TESTCODE_MAX], changed[CHANGED_MAX];
	size_t length = testcode_payload(code, payload);

	for (size_t i = 0; i < nitems(changes); i++) {
		size_t m = changes[i].change(payload, length, changed);

		/* Pure ASCII is what it is without its other letters, too. */
		if (m > n || memcmp(bytes + n - m, changed, m) != 0)
			continue;
		if (changes[i].finding != FINDING_GOOD)
			d->found |= 1u << changes[i].finding;
		judge_prefix(bytes, n - m, d);
		return true;
	}
	return false;
}

/* The same up to the first letter that is not ASCII, where other bytes stand
 * that are not ASCII either: a code page with one byte, or two, a letter. */
static bool
is_another_set(const unsigned char *bytes, size_t n, const unsigned char *all,
    size_t m)
{
	size_t same = 0, others = 0;

	while (same < m && all[same] < 0x80)
		same++;
	for (size_t i = same; i < n; i++)
		others += bytes[i] >= 0x80;
	return same < m && n > same && memcmp(bytes, all, same) == 0 &&
	    others > 0;
}

/* Whether the letters alone agree, whatever became of their marks. */
static bool
same_letters(const unsigned char *a, size_t n, const unsigned char *b,
    size_t m)
{
	char x[CHANGED_MAX], y[CHANGED_MAX];

	text_fold((const char *)a, n, x, sizeof(x));
	text_fold((const char *)b, m, y, sizeof(y));
	return strcmp(x, y) == 0;
}

/* Whether the n bytes are the m others with some left out. */
static bool
has_lost(const unsigned char *bytes, size_t n, const unsigned char *all,
    size_t m)
{
	size_t at = 0;

	for (size_t i = 0; i < m && at < n; i++)
		at += bytes[at] == all[i];
	return at == n && n < m && n * 4 >= m;
}

/* One character for one, always the same: another keyboard. */
static bool
is_mapped(const unsigned char *bytes, size_t n, const unsigned char *all,
    size_t m)
{
	unsigned char to[256] = { 0 };
	size_t same = 0;

	if (n != m)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (to[all[i]] != 0 && to[all[i]] != bytes[i])
			return false;
		to[all[i]] = bytes[i];
		same += all[i] == bytes[i];
	}
	return same * 3 >= n;
}

static bool
is_noise(const unsigned char *bytes, size_t n)
{
	size_t odd = 0;

	for (size_t i = 0; i < n; i++)
		odd += bytes[i] < ' ' || bytes[i] >= 0x7f;
	return odd * NOISE_SHARE >= n;
}

/* What cannot be undone: only that it happened. */
static enum finding
guess_damage(int code, const unsigned char *bytes, size_t n)
{
	unsigned char payload[TESTCODE_MAX];
	size_t m = testcode_payload(code, payload);
	unsigned char plain[CHANGED_MAX];
	bool marks = ascii_alone(payload, m, plain) != m;

	if (has_lost(bytes, n, payload, m))
		return FINDING_LOST;
	if (marks && same_letters(bytes, n, payload, m))
		return ascii_alone(bytes, n, plain) == n ? FINDING_MARKS :
		    FINDING_DECOMPOSED;
	if (is_another_set(bytes, n, payload, m))
		return FINDING_CHARSET;
	if (is_mapped(bytes, n, payload, m))
		return FINDING_LAYOUT;
	return is_noise(bytes, n) ? FINDING_SPEED : FINDING_OTHER;
}

/* 0: not that code; else the diagnosis is filled. */
static bool
try_code(int code, const unsigned char *bytes, size_t n, struct diagnosis *d)
{
	enum finding damage;

	d->code = code;
	if (is_changed(code, bytes, n, d))
		return true;
	if (n > CHANGED_MAX)
		return false;
	damage = guess_damage(code, bytes, n);
	if (damage == FINDING_OTHER || damage == FINDING_SPEED)
		return false;
	d->found |= 1u << damage;
	return true;
}

struct diagnosis
diagnose(int asked, const struct burst *burst, long idle_ms)
{
	struct diagnosis d = { .code = asked };
	size_t n = take_end(burst->bytes, burst->n, &d);
	bool known = try_code(asked, burst->bytes, n, &d);

	for (int code = 1; code <= TESTCODES && !known; code++)
		known = try_code(code, burst->bytes, n, &d);
	if (!known) {
		d.code = asked;
		d.found = 1u << (is_noise(burst->bytes, burst->n) ?
		    FINDING_SPEED : FINDING_OTHER);
	}
	if (known && burst->gap_ms >= idle_ms)
		d.found |= 1u << FINDING_PAUSES;
	else if (known && burst->took_ms >= SLOW_MS)
		d.found |= 1u << FINDING_SLOW;
	return d;
}

/* ---- words ---------------------------------------------------------------------------------- */

static const struct {
	const char *words, *advice;
} words[FINDINGS] = {
	[FINDING_GOOD] = { N_("good"), "" },
	[FINDING_NO_TERMINATOR] = { N_("nothing ends a scan"),
	    N_("set the suffix to CR, else each scan waits for silence and two quick ones run together") },
	[FINDING_TERMINATOR] = { N_("an unusual end of a scan: %s"),
	    N_("set the suffix to CR alone") },
	[FINDING_PREFIX] = { N_("something stands before each code: %s"),
	    N_("switch the prefix off (an AIM identifier may stay)") },
	[FINDING_SWAPPED] = { N_("capital and small letters are exchanged"),
	    N_("set the case to \"as it is\", and Caps Lock off") },
	[FINDING_UPPER] = { N_("all letters become capitals"),
	    N_("set the case to \"as it is\"") },
	[FINDING_LOWER] = { N_("all letters become small"),
	    N_("set the case to \"as it is\"") },
	[FINDING_LAYOUT] = { N_("letters are exchanged: another keyboard layout"),
	    N_("set the keyboard layout to USA, or better: set the scanner to serial (USB-CDC)") },
	[FINDING_CHARSET] = { N_("the scanner changes the character set"),
	    N_("set its output to UTF-8, or to \"no conversion\"; no code page") },
	[FINDING_TWICE] = { N_("the letters are made UTF-8 twice"),
	    N_("set the input to UTF-8, or the conversion off") },
	[FINDING_MARKS] = { N_("Vietnamese letters lose their marks"),
	    N_("set its output to UTF-8, or to \"no conversion\"; no code page") },
	[FINDING_DECOMPOSED] = { N_("marks come behind their letters"),
	    N_("set its output to UTF-8, or to \"no conversion\"; no code page") },
	[FINDING_LETTERS] = { N_("Vietnamese letters are left out"),
	    N_("set the scanner to serial (USB-CDC): a keyboard cannot type them") },
	[FINDING_SEVEN_BITS] = { N_("the eighth bit is lost"),
	    N_("set scanner and port to 8 data bits, no parity") },
	[FINDING_LOST] = { N_("bytes are lost"),
	    N_("set flow control off at both ends; a shorter cable, or a lower line speed") },
	[FINDING_SPEED] = { N_("what comes is no text: another line speed"),
	    N_("set the same baud, bits and parity at both ends") },
	[FINDING_SLOW] = { N_("it sends slowly"),
	    N_("set a higher line speed, and the delay between characters to 0") },
	[FINDING_PAUSES] = { N_("it pauses within a code, which would be cut in two"),
	    N_("set the delay between characters to 0, or idle_ms higher") },
	[FINDING_OTHER] = { N_("this is no code of the test page, or it is changed beyond knowing"),
	    N_("scan the code of this number; then set the scanner to its defaults") },
};

const char *
finding_words(enum finding finding)
{
	return words[finding].words;
}

const char *
finding_advice(enum finding finding)
{
	return words[finding].advice;
}
