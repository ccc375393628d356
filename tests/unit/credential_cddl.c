/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * contrib/credential.cddl says what the code does: what is issued fits the
 * grammar, what the grammar allows is read, and what it does not allow is
 * not - thousands of documents, each bent in one place.
 */
#include "test.h"

#include "../../src/credential/own.h"
#include "../tools/cddl.h"

#define ISSUED 1634258400
#define CASES 600

static struct cddl *grammar;
static char private_key[1000], public_key[1000];

static uint32_t
next(void *arg)
{
	uint64_t *state = arg;

	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

static char *
read_file(const char *path)
{
	size_t n;
	char *text = file_read(test_path("SRCDIR", path), 100000, &n, NULL);

	assert_non_null(text);
	return text;
}

/* Days of the calendar, and what else the grammar does not say. */
static struct node *
make_date(struct tree *tree, const char *rule, uint32_t (*random)(void *arg),
    void *arg)
{
	uint32_t n = random(arg);

	if (strcmp(rule, "date") != 0)
		return NULL;
	return tree_int(tree, 19000000 + n % 120 * 10000 + n / 120 % 13 * 100 +
	    n / 1560 % 29);
}

/* ---- messages -------------------------------------------------------------------------- */

static struct node *
bytes_of(struct tree *tree, const struct node *value)
{
	unsigned char bytes[8192];
	struct node *node = tree_node(tree, NODE_BYTES);
	size_t n = cbor_print(value, bytes, sizeof(bytes));

	assert_true(n > 0 && tree_bytes(tree, node, bytes, n));
	return node;
}

/* CP1: of these claims, signed by our key. */
static void
wrap(struct tree *tree, const struct node *claims, struct credential *out)
{
	unsigned char bytes[16384], packed[16384], signature[64];
	char text[CREDENTIAL_TEXT_MAX * 4] = OWN_PREFIX;
	struct node *header = tree_node(tree, NODE_MAP), *list, *sig;
	struct credential_trust *trust = credential_trust_new();
	struct credential_context context = { .trust = trust,
		.has_now = true, .now = ISSUED };
	struct node *protected, *payload = bytes_of(tree, claims);
	struct key key;
	ssize_t len;

	assert_true(key_from_private(&key, private_key));
	assert_int_equal(credential_trust_add(trust, (const void *)public_key,
	    strlen(public_key), NULL, NULL), 0);
	node_append(header, tree_int(tree, 1));
	node_append(header, tree_int(tree, -8));
	node_append(header, tree_int(tree, 4));
	sig = tree_node(tree, NODE_BYTES);
	tree_bytes(tree, sig, key.kid, KID_BYTES);
	node_append(header, sig);
	protected = bytes_of(tree, header);
	assert_true(key_sign(&key, bytes, cose_signed_bytes(protected, payload,
	    bytes, sizeof(bytes)), signature));
	list = tree_node(tree, NODE_ARRAY);
	node_append(list, protected);
	node_append(list, tree_node(tree, NODE_MAP));
	node_append(list, payload);
	sig = tree_node(tree, NODE_BYTES);
	tree_bytes(tree, sig, signature, sizeof(signature));
	node_append(list, sig);
	len = deflate_bytes(bytes, cbor_print(list, bytes, sizeof(bytes)),
	    packed, sizeof(packed));
	base45_encode(packed, (size_t)len, text + OWN_PREFIX_LEN);
	credential_decode((const void *)text, strlen(text), &context, out);
	key_clear(&key);
	credential_trust_free(trust);
}

static bool
accepted(const struct credential *c)
{
	return c->kind != CREDENTIAL_ERROR &&
	    strcmp(c->verification.schema, "valid") == 0;
}

static void
complain(const struct node *claims, const char *words,
    const struct credential *c)
{
	unsigned char bytes[8192];
	char hex[2 * sizeof(bytes) + 1];
	size_t n = cbor_print(claims, bytes, sizeof(bytes));

	for (size_t i = 0; i < n; i++)
		snprintf(hex + 2 * i, 3, "%02x", bytes[i]);
	fail_msg("%s: %s %s\n%s", words, credential_kind_word(c->kind),
	    c->error, hex);
}

/* ---- bending ------------------------------------------------------------------------------ */

static struct node *
nth_below(struct node *top, size_t *n)
{
	if (*n == 0)
		return top;
	for (struct node *at = top->first; at != NULL; at = at->next) {
		struct node *found;

		--*n;
		if ((found = nth_below(at, n)) != NULL)
			return found;
	}
	return NULL;
}

/* What stands there becomes another value; children are dropped. */
static void
bend_value(struct tree *tree, struct node *v, uint64_t *random)
{
	static const int64_t numbers[] = { -1, 0, 9, 100000000,
		INT64_C(4102444800), INT64_MAX };
	static const size_t lengths[] = { 0, 1, 3, 8, 16, 63, 64, 255, 256 };
	char text[300];
	size_t n = lengths[next(random) % nitems(lengths)];

	memset(text, 'A', sizeof(text));
	v->first = v->last = NULL;
	v->count = 0;
	v->kind = (enum node_kind)(next(random) % (NODE_TEXT + 1));
	v->integer = v->kind == NODE_BOOL ? 1 :
	    numbers[next(random) % nitems(numbers)];
	v->real = 1634258400.0;
	if (v->kind == NODE_BYTES || v->kind == NODE_TEXT)
		tree_bytes(tree, v, text, n);
}

static void
bend_list(struct tree *tree, struct node *v, uint64_t *random)
{
	size_t pair = v->kind == NODE_MAP ? 2 : 1;

	if (next(random) % 2 == 0 && v->count >= pair) { /* the first goes */
		v->first = pair == 2 ? v->first->next->next : v->first->next;
		v->count -= pair;
		if (v->count == 0)
			v->last = NULL;
	} else {
		for (size_t i = 0; i < pair; i++)
			node_append(v, tree_int(tree, 800 + next(random) % 9));
	}
}

static void
bend(struct tree *tree, struct node *top, uint64_t *random)
{
	size_t n = next(random) % 60;
	struct node *v = nth_below(top, &n);

	if (v == NULL)
		v = top;
	if ((v->kind == NODE_MAP || v->kind == NODE_ARRAY) &&
	    next(random) % 3 != 0)
		bend_list(tree, v, random);
	else
		bend_value(tree, v, random);
}

/* Lists of words are bounded as a whole, which no grammar says; nor does it
 * say that a key stands once where any key may. */
static bool
is_beyond_grammar(struct tree *tree, const struct node *v)
{
	unsigned char bytes[8192];
	size_t total = 0;

	if (cbor_parse(tree, bytes, cbor_print(v, bytes, sizeof(bytes))) ==
	    NULL)
		return true;
	for (const struct node *at = v->first; at != NULL; at = at->next) {
		total += at->kind == NODE_TEXT ? at->len + 2 : 0;
		if (at->first != NULL && is_beyond_grammar(tree, at))
			return true;
	}
	return v->kind == NODE_ARRAY && total > 257;
}

/* ---- promises ----------------------------------------------------------------------------- */

static void
test_what_the_grammar_allows_is_read(void **state)
{
	uint64_t random = 1;

	(void)state;
	for (int i = 0; i < CASES; i++) {
		struct tree *tree = tree_new();
		struct node *claims = cddl_make(grammar, "claims", tree,
		    make_date, next, &random);
		struct credential c;

		wrap(tree, claims, &c);
		if (!accepted(&c) ||
		    strcmp(c.verification.signature, "valid") != 0)
			complain(claims, "not read", &c);
		if (!cddl_fits(grammar, "claims", claims, tree))
			complain(claims, "made, but does not fit", &c);
		tree_free(tree);
	}
}

static void
test_what_it_does_not_allow_is_not(void **state)
{
	uint64_t random = 2;
	int refused = 0;

	(void)state;
	for (int i = 0; i < CASES; i++) {
		struct tree *tree = tree_new();
		struct node *claims = cddl_make(grammar, "claims", tree,
		    make_date, next, &random);
		struct credential c;
		bool allowed;

		bend(tree, claims, &random);
		if (is_beyond_grammar(tree, claims)) {
			tree_free(tree);
			continue;
		}
		allowed = cddl_fits(grammar, "claims", claims, tree);
		refused += !allowed;
		wrap(tree, claims, &c);
		if (accepted(&c) != allowed)
			complain(claims, allowed ? "allowed, but not read" :
			    "not allowed, but read", &c);
		tree_free(tree);
	}
	assert_true(refused > CASES / 4 && refused < CASES);
}

static void
test_what_is_issued_fits(void **state)
{
	char *samples = read_file("tests/credentials/issue.json"), *line, *rest;
	char text[CREDENTIAL_TEXT_MAX + 1];
	struct err err = { 0 };
	int n = 0;

	(void)state;
	for (line = strtok_r(samples, "\n", &rest); line != NULL;
	    line = strtok_r(NULL, "\n", &rest), n++) {
		unsigned char packed[CREDENTIAL_TEXT_MAX], plain[16384];
		struct tree *tree = tree_new();
		struct node *message;
		ssize_t len;

		if (credential_issue(line, strlen(line), private_key, ISSUED,
		    text, &err) != 0)
			fail_msg("%s: %s", err.text, line);
		len = base45_decode(text + OWN_PREFIX_LEN, strlen(text) -
		    OWN_PREFIX_LEN, packed, sizeof(packed));
		len = inflate_bytes(INFLATE_ZLIB, packed, (size_t)len, plain,
		    sizeof(plain));
		message = cbor_parse(tree, plain, (size_t)len);
		assert_non_null(message);
		if (!cddl_fits(grammar, "message", message, tree))
			fail_msg("does not fit: %s", line);
		tree_free(tree);
	}
	assert_true(n >= 12);
	free(samples);
}

/* What would not be read as it was meant is not signed. */
static void
test_what_could_not_be_read_is_not_issued(void **state)
{
	static const char start[] = "{\"kind\":\"declaration\",\"id\":\"1\","
	    "\"name\":\"A\",\"from\":\"X\",\"to\":\"Y\",";
	static const char *const ends[] = { "\"nationality\":\"Vietnam\"}",
		"\"nationality\":\"VN\"}", "\"symptoms\":[\"\"]}",
		"\"companions\":[{\"name\":\"\"}]}", "\"exp\":-1}", "\"visited\":["
		"\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
		"\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\","
		"\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"]}",
		"\"purpose\":\"   \"}" };
	char json[800], text[CREDENTIAL_TEXT_MAX + 1];

	(void)state;
	for (size_t i = 0; i < nitems(ends); i++) {
		struct err err = { 0 };

		snprintf(json, sizeof(json), "%s%s", start, ends[i]);
		assert_int_equal(credential_issue(json, strlen(json),
		    private_key, ISSUED, text, &err), -1);
		assert_int_equal(err.kind, ERR_INPUT);
	}
}

static int
load(void **state)
{
	char *text = read_file("contrib/credential.cddl");

	(void)state;
	grammar = cddl_parse(text);
	free(text);
	text = read_file("tests/credentials/test-key.pem");
	snprintf(private_key, sizeof(private_key), "%s", text);
	free(text);
	text = read_file("tests/credentials/test-key.pub");
	snprintf(public_key, sizeof(public_key), "%s", text);
	free(text);
	return 0;
}

static int
unload(void **state)
{
	(void)state;
	cddl_free(grammar);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_the_grammar_allows_is_read),
		cmocka_unit_test(test_what_it_does_not_allow_is_not),
		cmocka_unit_test(test_what_is_issued_fits),
		cmocka_unit_test(test_what_could_not_be_read_is_not_issued),
	};

	return cmocka_run_group_tests_name("credential_cddl", tests, load,
	    unload);
}
