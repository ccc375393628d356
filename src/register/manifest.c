/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * manifest - the signed first piece of a published list (chot-register(5)):
 * which list, for whom, of when, until when, and the digest of every piece
 * that follows. Text in, struct out, and back; strict, pure but for the
 * memory of the pieces.
 *
 * A line that is not known is refused: what was signed is understood whole
 * or not at all.
 */
#include "published.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char magic[] = "chot-list-1";

const struct list *
manifest_list(const char *name)
{
	for (size_t i = 0; i < LIST_COUNT; i++)
		if (strcmp(lists[i].name, name) == 0)
			return &lists[i];
	return NULL;
}

/* "all", or "station=", "unit=", "province=" and a plain name. */
bool
manifest_audience_valid(const char *audience)
{
	static const char *const kinds[] = { "station=", "unit=", "province=" };
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._:-";

	if (strcmp(audience, "all") == 0)
		return true;
	for (size_t i = 0; i < nitems(kinds); i++) {
		size_t n = strlen(kinds[i]);

		if (strncmp(audience, kinds[i], n) == 0 &&
		    audience[n] != '\0' && strlen(audience) <
		    REGISTER_AUDIENCE_MAX)
			return strspn(audience + n, plain) ==
			    strlen(audience + n);
	}
	return false;
}

void
manifest_free(struct manifest *m)
{
	free(m->chunks);
	m->chunks = NULL;
	m->nchunks = 0;
}

/* ---- reading ---------------------------------------------------------------------------- */

struct reading {
	const char *at, *end;
	bool bad;
	char line[256]; /* the value of the last one */
};

/* "NAME VALUE\n": false when the next line has another name. */
static bool
line_of(struct reading *r, const char *name)
{
	const char *newline = r->bad ? NULL :
	    memchr(r->at, '\n', (size_t)(r->end - r->at));
	size_t n = strlen(name), len;

	if (newline == NULL) {
		r->bad = true;
		return false;
	}
	len = (size_t)(newline - r->at);
	if (len <= n || memcmp(r->at, name, n) != 0 || r->at[n] != ' ')
		return false;
	len -= n + 1;
	if (len >= sizeof(r->line) || memchr(r->at, '\0', len + n) != NULL) {
		r->bad = true;
		return false;
	}
	memcpy(r->line, r->at + n + 1, len);
	r->line[len] = '\0';
	r->at = newline + 1;
	return true;
}

/* Digits alone, and no number in two ways. */
static bool
number_of(const char *text, int64_t *value)
{
	size_t n = strspn(text, "0123456789");

	if (n == 0 || n > 18 || text[n] != '\0' || (text[0] == '0' && n > 1))
		return false;
	*value = strtoll(text, NULL, 10);
	return true;
}

static void
take_number(struct reading *r, const char *name, int64_t max, int64_t *value)
{
	if (!line_of(r, name) || !number_of(r->line, value) || *value > max)
		r->bad = true;
}

static void
take_text(struct reading *r, const char *name, char *out, size_t size)
{
	if (!line_of(r, name) || strlen(r->line) >= size ||
	    !utf8_valid(r->line, strlen(r->line)) ||
	    strpbrk(r->line, "\t\r\033") != NULL) {
		r->bad = true;
		return;
	}
	strcpy(out, r->line);
}

/* "WORD NUMBER" lines, as many as there are. */
static void
take_marks(struct reading *r, const char *name, struct manifest_mark *marks,
    size_t *count)
{
	while (line_of(r, name)) {
		char *space = strchr(r->line, ' ');

		if (*count == MANIFEST_MARKS_MAX || space == NULL ||
		    (size_t)(space - r->line) >= sizeof(marks->word) ||
		    !number_of(space + 1, &marks[*count].version)) {
			r->bad = true;
			return;
		}
		*space = '\0';
		strcpy(marks[(*count)++].word, r->line);
	}
}

static void
take_chunks(struct reading *r, struct manifest *m)
{
	while (line_of(r, "chunk")) {
		char *space = strchr(r->line, ' ');
		struct manifest_chunk chunk;
		int64_t bytes = 0;

		if (space != NULL)
			*space++ = '\0';
		if (space == NULL || m->nchunks == MANIFEST_CHUNKS_MAX ||
		    !number_of(r->line, &bytes) || bytes < 1 ||
		    bytes > REGISTER_CHUNK_MAX ||
		    hex_parse(space, strlen(space), chunk.digest,
		    DIGEST_BYTES) != DIGEST_BYTES) {
			r->bad = true;
			return;
		}
		chunk.bytes = (uint32_t)bytes;
		manifest_add_chunk(m, &chunk);
	}
}

void
manifest_add_chunk(struct manifest *m, const struct manifest_chunk *chunk)
{
	if ((m->nchunks & (m->nchunks + 1)) == 0) {
		m->chunks = realloc(m->chunks,
		    (m->nchunks + 1) * 2 * sizeof(*m->chunks));
		if (m->chunks == NULL)
			mem_none();
	}
	m->chunks[m->nchunks++] = *chunk;
	m->bytes += chunk->bytes;
}

static void
take_signature(struct reading *r, const char *start, struct manifest *m)
{
	char *space;

	m->signed_len = (size_t)(r->at - start);
	if (!line_of(r, "sign"))
		r->bad = true;
	space = r->bad ? NULL : strchr(r->line, ' ');
	if (space == NULL || space - r->line != REGISTER_SIGNER_ID - 1 ||
	    hex_parse(space + 1, strlen(space + 1), m->signature,
	    SIGNATURE_BYTES) != SIGNATURE_BYTES) {
		r->bad = true;
		return;
	}
	*space = '\0';
	strcpy(m->key, r->line);
}

static bool
sound(const struct manifest *m)
{
	bool rows = manifest_list(m->list) != NULL; /* else maybe a later one */

	return m->list[0] != '\0' && manifest_audience_valid(m->audience) &&
	    m->version >= 1 && m->from < m->version &&
	    m->expires > m->published && m->made_at <= m->published &&
	    (m->from == 0 || !register_is_archive(m->list)) &&
	    (!rows || strlen(m->check) == 2 * HASH_BYTES) &&
	    m->rows <= m->bytes && (m->from > 0 || m->rows == m->entries);
}

int
manifest_parse(const char *bytes, size_t n, struct manifest *m,
    struct err *err)
{
	struct reading r = { .at = bytes, .end = bytes + n };
	int64_t given = 0;

	*m = (struct manifest){ .version = 0 };
	if (n < sizeof(magic) || memcmp(bytes, magic, sizeof(magic) - 1) != 0 ||
	    bytes[sizeof(magic) - 1] != '\n')
		return err_set(err, ERR_INPUT, _("not a published list"));
	r.at += sizeof(magic);
	take_number(&r, "version", MANIFEST_VERSION_MAX, &m->version);
	take_number(&r, "from", MANIFEST_VERSION_MAX, &m->from);
	take_text(&r, "list", m->list, sizeof(m->list));
	take_text(&r, "audience", m->audience, sizeof(m->audience));
	take_number(&r, "published", CELL_TIME_MAX, &m->published);
	take_number(&r, "expires", CELL_TIME_MAX, &m->expires);
	take_number(&r, "made", CELL_TIME_MAX, &m->made_at);
	take_text(&r, "check", m->check, sizeof(m->check));
	take_number(&r, "given", UINT32_MAX, &given);
	take_number(&r, "rows", INT64_MAX, &m->rows);
	take_number(&r, "entries", INT64_MAX, &m->entries);
	take_text(&r, "source", m->source, sizeof(m->source));
	take_marks(&r, "floor", m->floors, &m->nfloors);
	take_marks(&r, "with", m->with, &m->nwith);
	take_chunks(&r, m);
	take_signature(&r, bytes, m);
	m->given = (unsigned)given;
	if (!r.bad && r.at == r.end && sound(m))
		return 0;
	manifest_free(m);
	return err_set(err, ERR_INPUT, _("a published list of another form"));
}

/* ---- writing ----------------------------------------------------------------------------- */

static void
print_marks(FILE *out, const char *name, const struct manifest_mark *marks,
    size_t n)
{
	for (size_t i = 0; i < n; i++)
		fprintf(out, "%s %s %" PRId64 "\n", name, marks[i].word,
		    marks[i].version);
}

char *
manifest_print(const struct manifest *m, const struct register_signer *signer,
    size_t *len)
{
	unsigned char signature[SIGNATURE_BYTES];
	char hex[2 * SIGNATURE_BYTES + 1], *text = NULL;
	FILE *out = mem_stream(&text, len);

	fprintf(out, "%s\nversion %" PRId64 "\nfrom %" PRId64 "\nlist %s\n"
	    "audience %s\npublished %" PRId64 "\nexpires %" PRId64
	    "\nmade %" PRId64 "\ncheck %s\ngiven %u\nrows %" PRId64
	    "\nentries %" PRId64 "\nsource %s\n", magic, m->version, m->from,
	    m->list, m->audience, m->published, m->expires, m->made_at,
	    m->check[0] != '\0' ? m->check : "-", m->given, m->rows,
	    m->entries, m->source[0] != '\0' ? m->source : "-");
	print_marks(out, "floor", m->floors, m->nfloors);
	print_marks(out, "with", m->with, m->nwith);
	for (size_t i = 0; i < m->nchunks; i++) {
		hash_hex(m->chunks[i].digest, DIGEST_BYTES, hex);
		fprintf(out, "chunk %u %s\n", (unsigned)m->chunks[i].bytes,
		    hex);
	}
	fflush(out);
	hash_sign(signer, text, *len, signature);
	hash_hex(signature, sizeof(signature), hex);
	fprintf(out, "sign %s %s\n", signer->id, hex);
	fclose(out);
	return text;
}
