/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Keys are whole or refused: a record sealed to half a key is lost for ever.
 */
#include "../../src/outbox/parts.h"

#include "outbox_place.h"

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct world {
	struct outbox_place at;
	char text[SEAL_FILE_MAX];
	struct err err;
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	*state = w;
	return outbox_place_make(&w->at, "/tmp/chot-seal.XXXXXX", &w->err);
}

static int
teardown(void **state)
{
	struct world *w = *state;
	int ret;

	ret = outbox_place_remove(&w->at);
	free(w);
	return ret;
}

static void
take_text(struct world *w, const char *path)
{
	char *text = file_read(path, SEAL_FILE_MAX - 1, NULL, &w->err);

	assert_non_null(text);
	strcpy(w->text, text);
	free(text);
}

static mode_t
mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_mode & 0777;
}

static void
test_a_secret_key_is_for_its_owner_only(void **state)
{
	struct world *w = *state;

	assert_int_equal(mode_of(w->at.key), 0600);
	take_text(w, w->at.key);
	assert_int_equal(strncmp(w->text, "chot-seal-secret ", 17), 0);
	assert_ptr_equal(strchr(w->text, '\n'),
	    w->text + strlen(w->text) - 1);
	take_text(w, w->at.pub);
	assert_int_equal(strncmp(w->text, "chot-seal-public ", 17), 0);
}

static void
test_a_key_is_never_overwritten(void **state)
{
	struct world *w = *state;
	char before[SEAL_FILE_MAX], other[96];

	take_text(w, w->at.key);
	strcpy(before, w->text);
	snprintf(other, sizeof(other), "%s/b", w->at.dir);
	assert_int_equal(seal_key_make(w->at.pub, other, &w->err), -1);
	assert_int_equal(w->err.kind, ERR_INPUT);
	assert_int_equal(access(other, F_OK), -1);
	assert_int_equal(seal_key_make(other, w->at.key, &w->err), -1);
	assert_int_equal(w->err.kind, ERR_INPUT);
	assert_int_equal(access(other, F_OK), -1);
	take_text(w, w->at.key);
	assert_string_equal(w->text, before);
	snprintf(other, sizeof(other), "%s/none/b", w->at.dir);
	assert_int_equal(seal_key_make(other, other, &w->err), -1);
}

static void
test_any_wrong_digit_is_found(void **state)
{
	struct world *w = *state;
	const char *const paths[] = { w->at.pub, w->at.key };
	struct seal_key key;

	for (size_t i = 0; i < nitems(paths); i++) {
		take_text(w, paths[i]);
		assert_int_equal(seal_key_parse(w->text, strlen(w->text),
		    &key, &w->err), 0);
		/* A secret key has five bits that do not count. */
		for (size_t at = i == 0 ? 17 : 19; at < (i == 0 ? 97 : 79);
		    at++) {
			char was = w->text[at];

			if (was == ' ')
				continue;
			w->text[at] = was == '0' ? '1' : '0';
			assert_int_equal(seal_key_parse(w->text,
			    strlen(w->text), &key, &w->err), -1);
			w->text[at] = was;
		}
	}
}

static void
test_files_that_are_no_key(void **state)
{
	static const struct {
		const char *text;
		size_t len;
	} cases[] = {
		{ "", 0 }, { "\n", 1 }, { "chot-seal-public", 16 },
		{ "chot-seal-public \n", 18 }, { "\0\0\0\0", 4 },
		{ "ssh-ed25519 AAAA", 16 },
	};
	struct world *w = *state;
	struct seal_key key;
	size_t len;

	for (size_t i = 0; i < nitems(cases); i++) {
		assert_int_equal(seal_key_parse(cases[i].text, cases[i].len,
		    &key, &w->err), -1);
		assert_int_equal(w->err.kind, ERR_SETUP);
	}
	take_text(w, w->at.pub);
	len = strlen(w->text);
	for (size_t cut = 0; cut < 98; cut++) /* at any place before the id's end */
		assert_int_equal(seal_key_parse(w->text, cut, &key, &w->err),
		    -1);
	assert_int_equal(seal_key_parse(w->text, len - 1, &key, &w->err), 0);
	strcat(w->text, "x");
	assert_int_equal(seal_key_parse(w->text, len + 1, &key, &w->err), -1);
	assert_int_equal(seal_key_load(w->at.key, false, &key, &w->err), -1);
	assert_non_null(strstr(w->err.text, "secret"));
	assert_int_equal(seal_key_load("/nonexistent", false, &key, &w->err),
	    -1);
	assert_int_equal(w->err.kind, ERR_ABSENT);
}

/* A point of low order: its box would open with a known key. */
static void
test_a_key_that_seals_nothing_is_refused(void **state)
{
	struct world *w = *state;
	unsigned char zeros[SEAL_KEY_BYTES] = { 0 }, hash[OUTBOX_HASH_BYTES];
	struct seal_key key;
	int n;

	seal_hash(zeros, sizeof(zeros), NULL, 0, hash);
	n = sprintf(w->text, "chot-seal-public %064d ", 0);
	for (int i = 0; i < 8; i++)
		n += sprintf(w->text + n, "%02x", hash[i]);
	unlink(w->at.pub);
	assert_int_equal(file_write(w->at.pub, w->text, (size_t)n, 0600, false,
	    NULL), 0);
	assert_int_equal(seal_key_load(w->at.pub, false, &key, &w->err), -1);
	assert_int_equal(w->err.kind, ERR_SETUP);
}

static void
test_a_changed_box_does_not_open(void **state)
{
	struct world *w = *state;
	unsigned char sealed[SEALED_MAX];
	struct outbox_item item = { .sealed = sealed, .key_id = "" };
	struct seal_key key;
	size_t len;

	assert_int_equal(seal_key_load(w->at.pub, false, &key, &w->err), 0);
	assert_int_equal(seal_body(&key, "{}", 2, sealed, &item.sealed_len,
	    &w->err), 0);
	for (size_t i = 0; i < item.sealed_len; i += 7) {
		sealed[i] ^= 1;
		assert_null(outbox_open_item(&item, w->at.key, &len, &w->err));
		sealed[i] ^= 1;
	}
	for (item.sealed_len = 0; item.sealed_len < SEAL_OVERHEAD + 9;
	    item.sealed_len++)
		assert_null(outbox_open_item(&item, w->at.key, &len, &w->err));
}

static void
test_corpus(void **state)
{
	static const char folder[] = "tests/fuzz/corpus/seal-key";
	DIR *dir = opendir(test_path("SRCDIR", folder));
	struct dirent *entry;
	int count = 0;

	(void)state;
	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL) {
		char name[400];
		size_t len;
		char *bytes;

		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", folder, entry->d_name);
		bytes = file_read(test_path("SRCDIR", name), 1 << 20, &len,
		    NULL);
		assert_non_null(bytes);
		LLVMFuzzerTestOneInput((const uint8_t *)bytes, len);
		free(bytes);
		count++;
	}
	closedir(dir);
	assert_true(count >= 4);
}

int
main(void)
{
#define WITH_WORLD(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
		WITH_WORLD(test_a_secret_key_is_for_its_owner_only),
		WITH_WORLD(test_a_key_is_never_overwritten),
		WITH_WORLD(test_any_wrong_digit_is_found),
		WITH_WORLD(test_files_that_are_no_key),
		WITH_WORLD(test_a_key_that_seals_nothing_is_refused),
		WITH_WORLD(test_a_changed_box_does_not_open),
		cmocka_unit_test(test_corpus),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
