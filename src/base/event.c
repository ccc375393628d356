/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * event - the lines that readers speak (chot-reader(7)).
 *
 * A line is a word, the values that word needs, and optional name=value
 * pairs. What is unknown is ignored, so that old and new programs talk; what
 * is known must be right, or the whole line is refused.
 */
#include "parts.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEMP_LEAST_MC (-273150)
#define TEMP_MOST_MC 1000000
#define COUNT_MOST 1000000
#define AGE_MOST_MS (24 * 3600000)
#define VERSION_MOST 1000000

struct token {
	const char *text;
	size_t len;
};

static int
refuse(struct err *err, const char *what)
{
	return err_set(err, ERR_INPUT, "%s", what);
}

/* The next word, or len 0 at the end. Any number of spaces stand between. */
static struct token
next_token(const char **rest)
{
	struct token token;

	*rest += strspn(*rest, " ");
	token.text = *rest;
	token.len = strcspn(*rest, " ");
	*rest += token.len;
	return token;
}

static bool
token_is(struct token token, const char *word)
{
	return token.len == strlen(word) &&
	    memcmp(token.text, word, token.len) == 0;
}

static bool
parse_number(struct token token, int64_t least, int64_t most, int64_t *value)
{
	bool negative = token.len > 0 && token.text[0] == '-';
	int64_t v = 0;

	if (token.len - negative < 1 || token.len - negative > 9)
		return false;
	for (size_t i = negative; i < token.len; i++) {
		if (token.text[i] < '0' || token.text[i] > '9')
			return false;
		v = v * 10 + (token.text[i] - '0');
	}
	*value = negative ? -v : v;
	return *value >= least && *value <= most;
}

/* Words are printable and without a '=', and plates may hold a Đ. */
static bool
parse_word(struct token token, char *out, size_t size)
{
	if (token.len == 0 || token.len >= size ||
	    !utf8_valid(token.text, token.len))
		return false;
	for (size_t at = 0; at < token.len;) {
		uint32_t code = utf8_next(token.text, token.len, &at);

		if (code == '=' || utf8_unsafe(code))
			return false;
	}
	memcpy(out, token.text, token.len);
	out[token.len] = '\0';
	return true;
}

/* ---- pairs ---- */

enum pair_type { PAIR_TEMP, PAIR_COUNT, PAIR_SHARE, PAIR_QUALITY };

static const struct pair_name {
	const char *name;
	enum pair_type type;
	size_t offset; /* of the value in struct event_temp */
	size_t has;    /* of its flag, 0 for none */
} temp_pairs[] = {
	{ "raw", PAIR_TEMP, offsetof(struct event_temp, raw_mc),
	    offsetof(struct event_temp, has_raw) },
	{ "ambient", PAIR_TEMP, offsetof(struct event_temp, ambient_mc),
	    offsetof(struct event_temp, has_ambient) },
	{ "offset", PAIR_TEMP, offsetof(struct event_temp, offset_mc), 0 },
	{ "samples", PAIR_COUNT, offsetof(struct event_temp, samples), 0 },
	{ "spread", PAIR_TEMP, offsetof(struct event_temp, spread_mc), 0 },
	{ "emissivity", PAIR_SHARE, offsetof(struct event_temp, emissivity), 0 },
	{ "sensor_emissivity", PAIR_SHARE,
	    offsetof(struct event_temp, sensor_emissivity), 0 },
	{ "quality", PAIR_QUALITY, offsetof(struct event_temp, quality), 0 },
};

static bool
set_pair(struct event_temp *temp, const struct pair_name *pair,
    struct token value)
{
	char *field = (char *)temp + pair->offset;
	int64_t n = 0;

	switch (pair->type) {
	case PAIR_QUALITY:
		return parse_word(value, field, sizeof(temp->quality));
	case PAIR_COUNT:
	case PAIR_SHARE: /* of 1000 */
		if (!parse_number(value, pair->type == PAIR_SHARE,
		    pair->type == PAIR_SHARE ? 1000 : COUNT_MOST, &n))
			return false;
		memcpy(field, &(int){ (int)n }, sizeof(int));
		return true;
	case PAIR_TEMP:
		if (!parse_number(value, TEMP_LEAST_MC, TEMP_MOST_MC, &n))
			return false;
		memcpy(field, &(int32_t){ (int32_t)n }, sizeof(int32_t));
		if (pair->has != 0)
			memcpy((char *)temp + pair->has, &(bool){ true },
			    sizeof(bool));
		return true;
	}
	return false;
}

/* The rest of the line: pairs. temp is NULL for events that know none. */
static int
parse_pairs(const char *rest, struct event_temp *temp, struct err *err)
{
	unsigned seen = 0;

	for (;;) {
		struct token token = next_token(&rest);
		const char *equals;
		struct token name = token;

		if (token.len == 0)
			return 0;
		equals = memchr(token.text, '=', token.len);
		if (equals == NULL || equals == token.text)
			return refuse(err, "event: not a pair after the values");
		name.len = (size_t)(equals - token.text);
		for (size_t i = 0; temp != NULL && i < nitems(temp_pairs); i++) {
			struct token value = { equals + 1,
				token.len - name.len - 1 };

			if (!token_is(name, temp_pairs[i].name))
				continue;
			if ((seen & 1u << i) != 0 ||
			    !set_pair(temp, &temp_pairs[i], value))
				return err_set(err, ERR_INPUT,
				    "temp: bad or repeated %s",
				    temp_pairs[i].name);
			seen |= 1u << i;
		}
	}
}

/* ---- events ---- */

static int
parse_hello(const char *rest, struct event *event, struct err *err)
{
	int64_t version;

	if (!parse_number(next_token(&rest), 1, VERSION_MOST, &version) ||
	    !parse_word(next_token(&rest), event->word, sizeof(event->word)))
		return refuse(err, "hello: needs a version and a role");
	event->version = (int)version;
	return parse_pairs(rest, NULL, err);
}

static int
parse_scan(const char *rest, struct event *event, struct err *err)
{
	struct token hex;
	ssize_t n;

	if (!parse_word(next_token(&rest), event->word, sizeof(event->word)))
		return refuse(err, "scan: needs a symbology");
	hex = next_token(&rest);
	if (hex.len / 2 > EVENT_PAYLOAD_MAX)
		return err_set(err, ERR_INPUT,
		    "scan: payload of more than %d bytes", EVENT_PAYLOAD_MAX);
	n = hex_parse(hex.text, hex.len, event->payload,
	    sizeof(event->payload));
	if (n < 1)
		return refuse(err, "scan: payload is not hexadecimal");
	event->payload_len = (size_t)n;
	return parse_pairs(rest, NULL, err);
}

static int
parse_temp(const char *rest, struct event *event, struct err *err)
{
	int64_t mc;

	if (!parse_number(next_token(&rest), TEMP_LEAST_MC, TEMP_MOST_MC, &mc))
		return refuse(err, "temp: needs thousandths of a degree");
	event->temp.result_mc = (int32_t)mc;
	/* The contract: a temp is a settled measurement unless it says more. */
	strcpy(event->temp.quality, "ok");
	return parse_pairs(rest, &event->temp, err);
}

static int
parse_one_word(const char *rest, struct event *event, struct err *err)
{
	if (!parse_word(next_token(&rest), event->word, sizeof(event->word)))
		return refuse(err, event->kind == EVENT_PLATE ?
		    "plate: needs a plate" : "hint: needs a word");
	return parse_pairs(rest, NULL, err);
}

static int
parse_ok(const char *rest, struct event *event, struct err *err)
{
	(void)event;
	return parse_pairs(rest, NULL, err);
}

static int
parse_words(const char *rest, struct event *event, struct err *err)
{
	char words[EVENT_WORDS_MAX];
	size_t from, len;

	rest += strspn(rest, " ");
	len = strlen(rest);
	if (len < sizeof(words)) {
		/* Trimmed afterwards: cleaning makes spaces of tabs. */
		len = text_clean(rest, len, words, sizeof(words));
		from = strspn(words, " ");
		while (len > from && words[len - 1] == ' ')
			words[--len] = '\0';
		/* A mark that lost the blank it stood on stands alone. */
		text_clean(words + from, len - from, event->words,
		    sizeof(event->words));
	}
	if (event->words[0] == '\0')
		return refuse(err, "needs words, and not too many");
	return 0;
}

/* Bytes as "5A..0D", a byte that is not told being "..", or "-". */
static bool
is_raw(struct token token)
{
	if (token_is(token, "-"))
		return true;
	if (token.len == 0 || token.len % 2 != 0 ||
	    token.len >= EVENT_WORDS_MAX)
		return false;
	for (size_t i = 0; i < token.len; i += 2)
		if (memcmp(token.text + i, "..", 2) != 0 &&
		    (!isxdigit((unsigned char)token.text[i]) ||
		    !isxdigit((unsigned char)token.text[i + 1])))
			return false;
	return true;
}

static int
parse_raw(const char *rest, struct event *event, struct err *err)
{
	int64_t age_ms;
	struct token bytes;

	if (!parse_number(next_token(&rest), 0, AGE_MOST_MS, &age_ms))
		return refuse(err, "raw: needs an age in milliseconds");
	bytes = next_token(&rest);
	if (!is_raw(bytes))
		return refuse(err, "raw: needs bytes in hexadecimal, or -");
	event->age_ms = (int32_t)age_ms;
	memcpy(event->words, bytes.text, bytes.len);
	event->words[bytes.len] = '\0';
	return parse_pairs(rest, NULL, err);
}

static const struct event_name {
	const char *name;
	enum event_kind kind;
	int (*parse)(const char *rest, struct event *event, struct err *err);
} event_names[] = {
	{ "hello", EVENT_HELLO, parse_hello },
	{ "scan", EVENT_SCAN, parse_scan },
	{ "temp", EVENT_TEMP, parse_temp },
	{ "plate", EVENT_PLATE, parse_one_word },
	{ "hint", EVENT_HINT, parse_one_word },
	{ "ok", EVENT_OK, parse_ok },
	{ "fault", EVENT_FAULT, parse_words },
	{ "identity", EVENT_IDENTITY, parse_words },
	{ "raw", EVENT_RAW, parse_raw },
};

int
event_parse(const char *line, struct event *event, struct err *err)
{
	struct token name;

	*event = (struct event){ .kind = EVENT_UNKNOWN };
	if (strnlen(line, EVENT_LINE_MAX + 1) > EVENT_LINE_MAX)
		return err_set(err, ERR_INPUT,
		    "event: line of more than %d bytes", EVENT_LINE_MAX);
	name = next_token(&line);
	for (size_t i = 0; i < nitems(event_names); i++) {
		if (!token_is(name, event_names[i].name))
			continue;
		event->kind = event_names[i].kind;
		return event_names[i].parse(line, event, err);
	}
	return 0;
}

/* ---- printing ---- */

static size_t
print_temp(const struct event_temp *temp, char *out)
{
	size_t n = (size_t)sprintf(out, "temp %d", (int)temp->result_mc);

	if (temp->has_raw)
		n += (size_t)sprintf(out + n, " raw=%d", (int)temp->raw_mc);
	if (temp->has_ambient)
		n += (size_t)sprintf(out + n, " ambient=%d",
		    (int)temp->ambient_mc);
	if (temp->offset_mc != 0)
		n += (size_t)sprintf(out + n, " offset=%d",
		    (int)temp->offset_mc);
	if (temp->emissivity > 0)
		n += (size_t)sprintf(out + n, " emissivity=%d",
		    temp->emissivity);
	if (temp->sensor_emissivity > 0)
		n += (size_t)sprintf(out + n, " sensor_emissivity=%d",
		    temp->sensor_emissivity);
	if (temp->samples > 0)
		n += (size_t)sprintf(out + n, " samples=%d spread=%d",
		    temp->samples, (int)temp->spread_mc);
	if (temp->quality[0] != '\0')
		n += (size_t)sprintf(out + n, " quality=%s", temp->quality);
	return n;
}

/* A line end would start another event. */
static size_t
print_words(const struct event *event, const char *name, char *out)
{
	char words[EVENT_WORDS_MAX];

	memcpy(words, event->words, sizeof(words));
	words[sizeof(words) - 1] = '\0';
	tidy(words);
	return (size_t)sprintf(out, "%s %s", name, words);
}

static size_t
print_scan(const struct event *event, char *out)
{
	size_t n = (size_t)sprintf(out, "scan %s ", event->word);

	return n + hex_print(event->payload, event->payload_len, out + n);
}

size_t
event_print(const struct event *event, char *out)
{
	switch (event->kind) {
	case EVENT_HELLO:
		return (size_t)sprintf(out, "hello %d %s", event->version,
		    event->word);
	case EVENT_SCAN:
		return print_scan(event, out);
	case EVENT_TEMP:
		return print_temp(&event->temp, out);
	case EVENT_PLATE:
		return (size_t)sprintf(out, "plate %s", event->word);
	case EVENT_HINT:
		return (size_t)sprintf(out, "hint %s", event->word);
	case EVENT_OK:
		return (size_t)sprintf(out, "ok");
	case EVENT_FAULT:
		return print_words(event, "fault", out);
	case EVENT_IDENTITY:
		return print_words(event, "identity", out);
	case EVENT_RAW:
		return (size_t)sprintf(out, "raw %d %s", (int)event->age_ms,
		    event->words);
	case EVENT_UNKNOWN:
		break;
	}
	out[0] = '\0';
	return 0;
}
