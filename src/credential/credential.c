/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * credential - which format a scan has (devices-and-documents 12): the first
 * row of formats[] that recognises it fills the fields.
 */
#include "parts.h"

#include <string.h>

struct format {
	bool (*is)(const struct scan *scan);
	void (*parse)(const struct scan *scan, struct credential *out);
};

/* Order matters: what looks like two formats is the upper one. */
static const struct format formats[] = {
	{ dcc_is, dcc_parse },
	{ future_dcc_is, future_dcc_parse },
	{ own_is, own_parse },
	{ shc_is, shc_parse },
	{ vds_is, vds_parse },
	{ person_is, person_parse },
	{ card_is, card_parse },
	{ bhyt_is, bhyt_parse },
	{ mrz_is, mrz_parse },
	{ number_is, number_parse },
	{ plate_is, plate_fill },
	{ slip_token_is, slip_token_parse },
	{ link_is, link_parse },
};

static const char *const kind_words[] = {
	[CREDENTIAL_ERROR] = "error",
	[CREDENTIAL_OPAQUE] = "opaque",
	[CREDENTIAL_CCCD] = "cccd",
	[CREDENTIAL_PERSONAL_QR] = "personal-qr",
	[CREDENTIAL_NUMBER] = "number",
	[CREDENTIAL_PLATE] = "plate",
	[CREDENTIAL_MRZ] = "mrz",
	[CREDENTIAL_DCC] = "dcc",
	[CREDENTIAL_DECLARATION] = "declaration",
	[CREDENTIAL_PERMIT] = "permit",
	[CREDENTIAL_GROUP] = "group",
	[CREDENTIAL_GREEN_LANE] = "green-lane",
	[CREDENTIAL_BADGE] = "badge",
	[CREDENTIAL_SLIP] = "slip",
	[CREDENTIAL_SHC] = "shc",
	[CREDENTIAL_VDS_NC] = "vds-nc",
	[CREDENTIAL_BHYT] = "bhyt",
	[CREDENTIAL_LINK] = "link",
};

const char *
credential_kind_word(enum credential_kind kind)
{
	return kind_words[kind];
}

const char *
credential_field(const struct credential *credential, const char *name)
{
	for (size_t i = 0; i < credential->nfields; i++)
		if (strcmp(credential->fields[i].name, name) == 0)
			return credential->fields[i].value;
	return NULL;
}

static bool
is_alnum(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	    (c >= 'a' && c <= 'z');
}

/* Bytes before the text that a reader adds: UTF-8 BOM, AIM identifier
 * (]Q1), white space. */
static size_t
leading(const unsigned char *bytes, size_t n)
{
	size_t at = 0;

	for (;;) {
		if (n - at >= 3 && memcmp(bytes + at, "\xef\xbb\xbf", 3) == 0)
			at += 3;
		else if (at < n && memchr(" \t\r\n", bytes[at], 4) != NULL)
			at++;
		else
			break;
	}
	if (n - at > 3 && bytes[at] == ']' && is_alnum(bytes[at + 1]) &&
	    is_alnum(bytes[at + 2]))
		return at + 3 + leading(bytes + at + 3, n - at - 3);
	return at;
}

/* Only CR, LF and TAB: a space is a character of base45. */
static size_t
trailing(const unsigned char *bytes, size_t n)
{
	size_t count = 0;

	while (count < n && memchr("\t\r\n", bytes[n - 1 - count], 3) != NULL)
		count++;
	return count;
}

static void
classify(const struct scan *scan, struct credential *out)
{
	for (size_t i = 0; i < nitems(formats); i++) {
		if (!formats[i].is(scan))
			continue;
		formats[i].parse(scan, out);
		return;
	}
	opaque_parse(scan, out);
}

/* NULL, or what is wrong with a scan of any format. */
static const char *
unwrap(const unsigned char *bytes, size_t n, char text[CREDENTIAL_TEXT_MAX + 1],
    struct scan *scan)
{
	size_t skip;

	if (n > CREDENTIAL_TEXT_MAX)
		return N_("the code is too long");
	n -= trailing(bytes, n);
	skip = leading(bytes, n);
	if (n == skip)
		return N_("the code is empty");
	memcpy(text, bytes + skip, n - skip);
	text[n - skip] = '\0';
	scan->text = text;
	scan->n = n - skip;
	scan->utf8 = utf8_valid(text, n - skip);
	return NULL;
}

/* Doses, tests and recoveries that a health paper of any format tells of have
 * been. The clock of a laboratory may go before ours. */
static void
warn_future(const struct credential_context *context, struct credential *out)
{
	static const struct { const char *field, *word; } days[] = {
		{ "dose_date", "dose-future" },
		{ "recovered", "recovery-future" },
	};
	const char *sampled = credential_field(out, "test_sampled");
	int64_t at;

	if (!context->has_now || (out->kind != CREDENTIAL_DCC &&
	    out->kind != CREDENTIAL_SHC && out->kind != CREDENTIAL_VDS_NC))
		return;
	for (size_t i = 0; i < nitems(days); i++) {
		const char *day = credential_field(out, days[i].field);

		if (day != NULL && date_is_future(context, day))
			warn(out, days[i].word);
	}
	if (sampled != NULL && time_parse(sampled, 0, &at) == 0 &&
	    at > context->now + CREDENTIAL_CLOCKS_APART_S)
		warn(out, "test-future");
}

void
credential_decode(const unsigned char *bytes, size_t n,
    const struct credential_context *context, struct credential *out)
{
	static const struct credential_context nothing_known;
	char text[CREDENTIAL_TEXT_MAX + 1];
	struct scan scan = {
		.context = context != NULL ? context : &nothing_known };
	const char *problem = unwrap(bytes, n, text, &scan);

	*out = (struct credential){ .kind = CREDENTIAL_OPAQUE };
	if (problem != NULL)
		refuse(out, problem);
	else
		classify(&scan, out);
	warn_future(scan.context, out);
}

/* The length of all of them, 0: some are missing, or they are too long. */
static size_t
join(const struct credential_parts *parts, char out[CREDENTIAL_TEXT_MAX + 1])
{
	size_t used = 0;

	for (size_t i = 0; i < parts->of; i++) {
		if (parts->lengths[i] == 0 ||
		    parts->lengths[i] > CREDENTIAL_TEXT_MAX - used)
			return 0;
		memcpy(out + used, parts->texts[i], parts->lengths[i]);
		used += parts->lengths[i];
	}
	return used;
}

static void
keep(struct credential_parts *parts, const struct shc_part *part)
{
	size_t i = part->place - 1;
	bool other = parts->of != part->of || (parts->lengths[i] > 0 &&
	    (parts->lengths[i] != part->n ||
	    memcmp(parts->texts[i], part->text, part->n) != 0));

	if (other)
		explicit_bzero(parts, sizeof(*parts));
	parts->of = part->of;
	parts->lengths[i] = part->n;
	memcpy(parts->texts[i], part->text, part->n);
}

void
credential_join(struct credential_parts *parts, const unsigned char *bytes,
    size_t n, const struct credential_context *context,
    struct credential *out)
{
	struct credential_context whole = { 0 };
	char text[CREDENTIAL_TEXT_MAX + 1];
	struct scan scan = { .context = context };
	struct shc_part part;

	credential_decode(bytes, n, context, out);
	if (out->kind != CREDENTIAL_SHC || out->verification.readable ||
	    unwrap(bytes, n, text, &scan) != NULL || !shc_part(&scan, &part))
		return;
	keep(parts, &part);
	if ((n = join(parts, text)) == 0)
		return;
	if (context != NULL)
		whole = *context;
	whole.joined = true;
	credential_decode((const unsigned char *)text, n, &whole, out);
	explicit_bzero(parts, sizeof(*parts));
}

bool
credential_badge_secret(const unsigned char *bytes, size_t n,
    const struct credential_context *context,
    unsigned char secret[CREDENTIAL_SECRET_BYTES])
{
	char text[CREDENTIAL_TEXT_MAX + 1];
	struct scan scan = { .context = context };
	struct credential c = { .kind = CREDENTIAL_OPAQUE };
	bool found = unwrap(bytes, n, text, &scan) == NULL && own_is(&scan) &&
	    own_secret(&scan, &c, secret);

	explicit_bzero(text, sizeof(text));
	return found;
}
