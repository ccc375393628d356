/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * issuers - the files of STATE/trust: issuers' keys as they were published,
 * one file a source, which the next import of that source replaces whole.
 * Beside each, in a file whose name starts with a dot, stands when it came
 * and whether its signature was checked; in `.distrusted` what the post was
 * told not to believe, one name a line.
 *
 * The files are as hostile as whoever published them: what cannot be read is
 * counted and skipped.
 */
#include "parts.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY_FILE_MAX (16u << 20) /* the lists of the world are 2 MB */
#define NOTE_MAX 512
#define DISTRUSTED_TEXT_MAX (ISSUERS_DISTRUSTED_MAX * (CREDENTIAL_KEY_NAME_MAX + 1))
#define DISTRUSTED_FILE ".distrusted"
#define HUB_PREFIX "hub." /* files that come and go as the hub says */

static int
path_in(const char *state, const char *dot, const char *name,
    char path[PATH_MAX], struct err *err)
{
	int n = snprintf(path, PATH_MAX, "%s/trust/%s%s", state, dot, name);

	return n < PATH_MAX ? 0 :
	    err_set(err, ERR_SETUP, _("path too long"));
}

/* ---- what is known of a source ------------------------------------------------------- */

static void
read_note(const char *state, struct issuers_source *source)
{
	char path[PATH_MAX], *text;
	struct err err;
	size_t n;
	int checked;

	/* What the hub sends is signed by its publisher as a whole. */
	if (strncmp(source->name, HUB_PREFIX, strlen(HUB_PREFIX)) == 0)
		source->checked = true;
	if (path_in(state, ".", source->name, path, &err) != 0)
		return;
	text = file_read(path, NOTE_MAX, &n, NULL);
	if (text != NULL && sscanf(text, "imported_at %" SCNd64
	    "\nmade_at %" SCNd64 "\nchecked %d\n", &source->imported_at,
	    &source->made_at, &checked) == 3)
		source->checked = checked == 1;
	free(text);
}

static int
write_note(const char *state, const struct issuers_source *source,
    struct err *err)
{
	char path[PATH_MAX], text[NOTE_MAX];
	int n = snprintf(text, sizeof(text), "imported_at %" PRId64
	    "\nmade_at %" PRId64 "\nchecked %d\n", source->imported_at,
	    source->made_at, source->checked);

	return path_in(state, ".", source->name, path, err) != 0 ? -1 :
	    file_write(path, text, (size_t)n, 0644, true, err);
}

/* ---- what is distrusted ---------------------------------------------------------------- */

/* -1 only when there is a list and it cannot be read. */
static int
read_distrusted(struct issuers *ring, const char *state, struct err *err)
{
	struct err absent = { 0 };
	char path[PATH_MAX], *text, *line, *rest;
	size_t n;

	if (path_in(state, "", DISTRUSTED_FILE, path, err) != 0)
		return -1;
	text = file_read(path, DISTRUSTED_TEXT_MAX, &n, &absent);
	if (text == NULL) {
		if (absent.kind == ERR_ABSENT)
			return 0;
		*err = absent;
		return -1;
	}
	for (line = strtok_r(text, "\n", &rest); line != NULL &&
	    ring->ndistrusted < ISSUERS_DISTRUSTED_MAX;
	    line = strtok_r(NULL, "\n", &rest))
		if (credential_key_name(line,
		    ring->distrusted[ring->ndistrusted]))
			ring->ndistrusted++;
	free(text);
	return 0;
}

static int
write_distrusted(const struct issuers *ring, const char *state,
    struct err *err)
{
	char path[PATH_MAX], text[DISTRUSTED_TEXT_MAX];
	size_t n = 0;

	for (size_t i = 0; i < ring->ndistrusted; i++)
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s\n",
		    ring->distrusted[i]);
	return path_in(state, "", DISTRUSTED_FILE, path, err) != 0 ? -1 :
	    file_write(path, text, n, 0644, true, err);
}

static size_t
find_distrusted(const struct issuers *ring, const char *name)
{
	size_t i = 0;

	while (i < ring->ndistrusted &&
	    strcmp(ring->distrusted[i], name) != 0)
		i++;
	return i;
}

/* ---- loading ------------------------------------------------------------------------------ */

static void
load_file(struct issuers *ring, const char *state, const char *name)
{
	struct issuers_source source = { .form = "keys" };
	struct credential_trust_report report = { 0 };
	char path[PATH_MAX], *bytes;
	struct err err;
	size_t n;

	if (path_in(state, "", name, path, &err) != 0)
		return;
	bytes = file_read(path, KEY_FILE_MAX, &n, NULL);
	if (bytes == NULL || (credential_trust_add(ring->trust,
	    (const unsigned char *)bytes, n, &report, NULL) != 0 &&
	    report.skipped == 0))
		report.skipped++; /* a file that holds no key */
	free(bytes);
	ring->skipped += report.skipped;
	if (ring->nsources == ISSUERS_SOURCES_MAX ||
	    strlen(name) >= sizeof(source.name))
		return;
	snprintf(source.name, sizeof(source.name), "%s", name);
	if (report.list != NULL)
		snprintf(source.form, sizeof(source.form), "%s", report.list);
	source.added = report.added;
	source.skipped = report.skipped;
	source.made_at = report.made_at;
	read_note(state, &source);
	ring->sources[ring->nsources++] = source;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct issuers_source *)a)->name,
	    ((const struct issuers_source *)b)->name);
}

/* The list that says least of its age is as old as the oldest. */
static int64_t
oldest_list(const struct issuers *ring)
{
	int64_t oldest = 0;

	for (size_t i = 0; i < ring->nsources; i++) {
		int64_t at = issuers_source_at(&ring->sources[i]);

		if (strcmp(ring->sources[i].form, "keys") != 0 && at != 0 &&
		    (oldest == 0 || at < oldest))
			oldest = at;
	}
	return oldest;
}

/* A key may be meant by its country and by its own name. */
static size_t
count_distrusted(const struct issuers *ring)
{
	struct credential_key key;
	size_t n = 0;

	for (size_t i = 0; i < credential_trust_count(ring->trust); i++) {
		credential_trust_describe(ring->trust, i, &key);
		n += key.distrusted;
	}
	return n;
}

struct issuers *
issuers_load(const char *state)
{
	struct issuers *ring = calloc(1, sizeof(*ring));
	struct dirent *entry;
	struct err err = { 0 };
	char path[PATH_MAX];
	DIR *dir = NULL;

	if (ring == NULL)
		mem_none();
	ring->trust = credential_trust_new();
	if (path_in(state, "", "", path, &err) == 0)
		dir = opendir(path);
	if (dir == NULL && errno == ENOMEM)
		mem_none();
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (entry->d_name[0] != '.')
			load_file(ring, state, entry->d_name);
	if (dir != NULL)
		closedir(dir);
	qsort(ring->sources, ring->nsources, sizeof(ring->sources[0]), by_name);
	ring->keys = credential_trust_count(ring->trust);
	ring->lists_at = oldest_list(ring);
	if (read_distrusted(ring, state, &err) != 0) {
		/* Nobody knows what is not to be believed: nothing is. */
		snprintf(ring->fault, sizeof(ring->fault), "%s", err.text);
		credential_trust_free(ring->trust);
		ring->trust = credential_trust_new();
	}
	for (size_t i = 0; i < ring->ndistrusted; i++)
		credential_trust_distrust(ring->trust, ring->distrusted[i]);
	ring->keys_distrusted = count_distrusted(ring);
	return ring;
}

void
issuers_free(struct issuers *ring)
{
	if (ring == NULL)
		return;
	credential_trust_free(ring->trust);
	free(ring);
}

int64_t
issuers_source_at(const struct issuers_source *source)
{
	return source->made_at != 0 ? source->made_at : source->imported_at;
}

bool
issuers_changed(const char *state, struct timespec *seen)
{
	struct stat st = { 0 };
	struct err err;
	char path[PATH_MAX];
	bool changed;

	/* A file comes, goes or is replaced by a name in the directory. */
	if (path_in(state, "", "", path, &err) != 0 || stat(path, &st) != 0)
		st.st_mtim = (struct timespec){ 0 };
	changed = st.st_mtim.tv_sec != seen->tv_sec ||
	    st.st_mtim.tv_nsec != seen->tv_nsec;
	*seen = st.st_mtim;
	return changed;
}

/* ---- importing --------------------------------------------------------------------------- */

/* A name in the directory: what a list is, else what the file was called. */
static int
choose_name(const struct issuers_import *import, const char *list,
    char name[ISSUERS_NAME_MAX], struct err *err)
{
	const char *slash = strrchr(import->path, '/');
	const char *chosen = import->name != NULL ? import->name :
	    list != NULL ? list : slash != NULL ? slash + 1 : import->path;

	/* A dot in front hides it from us too. */
	if (chosen[0] == '\0' || chosen[0] == '.' ||
	    strncmp(chosen, HUB_PREFIX, strlen(HUB_PREFIX)) == 0 ||
	    strlen(chosen) >= ISSUERS_NAME_MAX - 1 ||
	    strspn(chosen, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	    "0123456789-_.") != strlen(chosen))
		return err_set(err, ERR_INPUT,
		    _("\"%.60s\" is no name for keys: choose one with --name"),
		    chosen);
	snprintf(name, ISSUERS_NAME_MAX, "%s", chosen);
	return 0;
}

static struct credential_trust *
load_signers(const char *path, struct err *err)
{
	struct credential_trust *signers = credential_trust_new();
	size_t n;
	char *bytes = file_read(path, KEY_FILE_MAX, &n, err);
	int result = bytes == NULL ? -1 : credential_trust_add(signers,
	    (const unsigned char *)bytes, n, NULL, err);

	free(bytes);
	if (result == 0)
		return signers;
	if (bytes != NULL)
		err_within(err, "%s", path);
	credential_trust_free(signers);
	return NULL;
}

/* What the bytes hold, and whether whoever they must be of signed them. */
static int
examine(const struct issuers_import *import, const char *bytes, size_t n,
    struct credential_trust_report *report, struct err *err)
{
	struct credential_trust *trust = credential_trust_new(), *signers;
	int result;

	if (import->signer == NULL) {
		result = credential_trust_add(trust,
		    (const unsigned char *)bytes, n, report, err);
	} else if ((signers = load_signers(import->signer, err)) == NULL) {
		credential_trust_free(trust);
		return -1;
	} else {
		result = credential_trust_add_list(trust,
		    (const unsigned char *)bytes, n, signers, report, err);
		if (result == 0 && credential_trust_count(trust) == 0)
			result = err_set(err, ERR_INPUT, "%s",
			    "no certificate or key in it");
		credential_trust_free(signers);
	}
	credential_trust_free(trust);
	return result == 0 ? 0 : err_within(err, "%s", import->path);
}

/* What stands there was proven, or is newer: nothing less may replace it. */
static int
may_replace(const struct issuers_import *import, const char *state,
    const struct issuers_source *source, struct err *err)
{
	struct issuers_source old = { 0 };

	memcpy(old.name, source->name, sizeof(old.name));
	read_note(state, &old);
	if (import->force)
		return 0;
	if (old.checked && !source->checked)
		return err_set(err, ERR_DENIED, _("the signature of %s was "
		    "checked before: give the signer's key, or --force"),
		    source->name);
	if (source->made_at != 0 && source->made_at < old.made_at)
		return err_set(err, ERR_DENIED,
		    _("%s is older than what is here; --force takes it"),
		    import->path);
	return 0;
}

static int
put_in_place(const char *state, const struct issuers_source *source,
    const char *bytes, size_t n, struct err *err)
{
	char path[PATH_MAX], note[PATH_MAX];

	if (path_in(state, "", "", path, err) != 0 ||
	    dir_make(path, 0755, err) != 0 ||
	    path_in(state, ".", source->name, note, err) != 0 ||
	    path_in(state, "", source->name, path, err) != 0)
		return -1;
	/* Cut short, a new list must not stand beside an old list's praise. */
	if (unlink(note) != 0 && errno != ENOENT)
		return err_set(err, ERR_RETRY, "%s: %s", note, strerror(errno));
	return file_write(path, bytes, n, 0644, true, err) != 0 ? -1 :
	    write_note(state, source, err);
}

int
issuers_import(const char *state, const struct issuers_import *import,
    struct issuers_source *source, struct err *err)
{
	struct credential_trust_report report = { 0 };
	size_t n;
	char *bytes = file_read(import->path, KEY_FILE_MAX, &n, err);
	int result = -1;

	*source = (struct issuers_source){ .form = "keys",
		.imported_at = import->now };
	if (bytes != NULL && examine(import, bytes, n, &report, err) == 0 &&
	    choose_name(import, report.list, source->name, err) == 0) {
		source->added = report.added;
		source->skipped = report.skipped;
		source->made_at = report.made_at;
		source->checked = import->signer != NULL;
		if (report.list != NULL)
			snprintf(source->form, sizeof(source->form), "%s",
			    report.list);
		result = may_replace(import, state, source, err) != 0 ? -1 :
		    put_in_place(state, source, bytes, n, err);
	}
	free(bytes);
	return result;
}

int
issuers_distrust(const char *state, const char *name, bool on, struct err *err)
{
	struct issuers *ring = calloc(1, sizeof(*ring));
	char path[PATH_MAX];
	int result = -1;
	size_t at;

	if (ring == NULL)
		mem_none();
	if (path_in(state, "", "", path, err) != 0 ||
	    dir_make(path, 0755, err) != 0 ||
	    read_distrusted(ring, state, err) != 0) {
		free(ring);
		return -1;
	}
	at = find_distrusted(ring, name);
	if (on && at < ring->ndistrusted)
		result = 0;
	else if (on && at == ISSUERS_DISTRUSTED_MAX)
		err_set(err, ERR_INPUT, _("no more than %d names"),
		    ISSUERS_DISTRUSTED_MAX);
	else if (!on && at == ring->ndistrusted)
		err_set(err, ERR_INPUT, _("%s is not distrusted"), name);
	else {
		if (on)
			memcpy(ring->distrusted[ring->ndistrusted++], name,
			    strlen(name) + 1);
		else
			memmove(ring->distrusted[at], ring->distrusted[at + 1],
			    (--ring->ndistrusted - at) *
			    sizeof(ring->distrusted[0]));
		result = write_distrusted(ring, state, err);
	}
	free(ring);
	return result;
}
