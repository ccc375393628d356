/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * sign - the last step of publishing: data to pieces, pieces to a signed
 * manifest; and files to an archive.
 */
#include "published.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int
take_marks(const char *text, struct manifest_mark *marks, size_t *count,
    struct err *err)
{
	int at = 0;

	for (*count = 0; *text != '\0'; text += at) {
		long long version;

		if (*count == MANIFEST_MARKS_MAX || sscanf(text,
		    "%23s %18lld%n", marks[*count].word, &version, &at) != 2)
			return err_set(err, ERR_USAGE,
			    _("not a key or a list, and its version"));
		marks[(*count)++].version = version;
		while (text[at] == '\n')
			at++;
	}
	return 0;
}

static int
cut(struct manifest *m, FILE *data, register_piece_fn fn, void *arg,
    struct err *err)
{
	char *piece = malloc(REGISTER_CHUNK_MAX);
	struct manifest_chunk chunk;
	size_t n;
	int ret = 0;

	if (piece == NULL)
		mem_none();
	rewind(data);
	while (ret == 0 && (n = fread(piece, 1, REGISTER_CHUNK_MAX,
	    data)) > 0) {
		if (m->nchunks == MANIFEST_CHUNKS_MAX)
			ret = err_set(err, ERR_INPUT, _("the list is too long"));
		chunk.bytes = (uint32_t)n;
		hash_digest(piece, n, chunk.digest);
		if (ret == 0)
			ret = fn(arg, (int64_t)m->nchunks, piece, n, err);
		if (ret == 0)
			manifest_add_chunk(m, &chunk);
	}
	free(piece);
	if (ret == 0 && ferror(data))
		ret = err_set(err, ERR_RETRY, "%s", strerror(errno));
	return ret;
}

char *
register_version_sign(const struct register_version *v,
    const struct register_signer *signer, FILE *data, register_piece_fn fn,
    void *arg, size_t *len, struct err *err)
{
	struct manifest m = { .version = v->version, .from = v->from,
		.given = v->given, .published = v->published,
		.expires = v->expires, .made_at = v->made_at,
		.rows = v->rows, .entries = v->entries }, back;
	char *text = NULL;

	snprintf(m.list, sizeof(m.list), "%s", v->list);
	snprintf(m.audience, sizeof(m.audience), "%s", v->audience);
	snprintf(m.check, sizeof(m.check), "%s", v->check);
	text_clean(v->source, strlen(v->source), m.source, sizeof(m.source));
	if (!manifest_audience_valid(m.audience)) {
		err_set(err, ERR_USAGE, _("an audience is all, station=ID, "
		    "unit=NAME or province=NAME"));
		return NULL;
	}
	if (take_marks(v->floors, m.floors, &m.nfloors, err) == 0 &&
	    take_marks(v->with, m.with, &m.nwith, err) == 0 &&
	    cut(&m, data, fn, arg, err) == 0)
		text = manifest_print(&m, signer, len);
	/* What posts would refuse is not published. */
	if (text != NULL && manifest_parse(text, *len, &back, err) < 0) {
		free(text);
		text = NULL;
	} else if (text != NULL) {
		manifest_free(&back);
	}
	manifest_free(&m);
	return text;
}

int64_t
register_archive_make(const char *list, const struct register_file *files,
    size_t n, FILE *out, void (*report)(void *arg, const char *line),
    void *arg, struct err *err)
{
	size_t total = 0;

	for (size_t i = 0; i < n; i++) {
		const char *slash = strrchr(files[i].path, '/');
		const char *name = slash != NULL ? slash + 1 : files[i].path;
		size_t len;
		char *bytes;

		if (!archive_name_valid(name))
			return err_set(err, ERR_INPUT, _("%s: a name of letters, "
			    "digits and . _ - is needed"), files[i].path);
		bytes = file_read(files[i].path, ARCHIVE_BYTES_MAX / 2, &len,
		    err);
		if (bytes == NULL)
			return -1;
		if (placing_check_file(list, name, (unsigned char *)bytes, len,
		    report, arg, err) < 0) {
			free(bytes);
			return -1;
		}
		total += len + strlen(name) + 16;
		if (total <= ARCHIVE_BYTES_MAX)
			archive_put(out, name, bytes, len);
		free(bytes);
	}
	if (total > ARCHIVE_BYTES_MAX || n > ARCHIVE_FILES_MAX)
		return err_set(err, ERR_INPUT, _("too much for one list"));
	if (fflush(out) != 0)
		return err_set(err, ERR_RETRY, "%s", strerror(errno));
	return (int64_t)n;
}
