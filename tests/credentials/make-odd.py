#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes dcc-odd.json: health certificates as odd as real issuers and their
test data make them, with true signatures. Run by hand when a case is added;
the keys are thrown away. Needs python3-cryptography."""
import base64, hashlib, json, struct, sys, zlib, datetime
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa, padding, ed25519, utils

A45 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:'
IAT, EXP, NOW = 1632700800, 1664236800, 1633046400

class Tag:
    def __init__(self, n, v): self.n, self.v = n, v
class Indefinite:
    def __init__(self, v): self.v = v
class Raw:
    def __init__(self, b): self.b = b

def head(major, n):
    if n < 24: return bytes([major << 5 | n])
    for extra, form, top in ((24, '>B', 1 << 8), (25, '>H', 1 << 16), (26, '>I', 1 << 32), (27, '>Q', 1 << 64)):
        if n < top: return bytes([major << 5 | extra]) + struct.pack(form, n)

def cbor(v):
    if isinstance(v, Raw): return v.b
    if isinstance(v, Tag): return head(6, v.n) + cbor(v.v)
    if isinstance(v, Indefinite):
        w = v.v
        if isinstance(w, dict): return b'\xbf' + b''.join(cbor(k) + cbor(x) for k, x in w.items()) + b'\xff'
        if isinstance(w, list): return b'\x9f' + b''.join(map(cbor, w)) + b'\xff'
        major = 2 if isinstance(w, bytes) else 3
        w = w if isinstance(w, bytes) else w.encode()
        return bytes([major << 5 | 31]) + b''.join(head(major, len(w[i:i+5])) + w[i:i+5] for i in range(0, len(w), 5)) + b'\xff'
    if v is None: return b'\xf6'
    if isinstance(v, bool): return b'\xf5' if v else b'\xf4'
    if isinstance(v, int): return head(0, v) if v >= 0 else head(1, -1 - v)
    if isinstance(v, float): return b'\xfb' + struct.pack('>d', v)
    if isinstance(v, bytes): return head(2, len(v)) + v
    if isinstance(v, str): return head(3, len(v.encode())) + v.encode()
    if isinstance(v, list): return head(4, len(v)) + b''.join(map(cbor, v))
    if isinstance(v, dict): return head(5, len(v)) + b''.join(cbor(k) + cbor(x) for k, x in v.items())
    raise TypeError(v)

def base45(b):
    out = ''
    for i in range(0, len(b), 2):
        n = int.from_bytes(b[i:i+2], 'big')
        out += A45[n % 45] + A45[n // 45 % 45] + (A45[n // 2025] if i + 1 < len(b) else '')
    return out

class Key:
    def __init__(self, key, alg, eku=None, until=2031):
        self.key, self.alg = key, alg
        name = x509.Name([x509.NameAttribute(x509.NameOID.COUNTRY_NAME, 'XA'), x509.NameAttribute(x509.NameOID.COMMON_NAME, 'TEST ODD')])
        day = datetime.datetime
        b = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(1).public_key(key.public_key()) \
            .not_valid_before(day(2020, 1, 1)).not_valid_after(day(until, 1, 1))
        if eku: b = b.add_extension(x509.ExtendedKeyUsage([x509.ObjectIdentifier(o) for o in eku]), False)
        self.cert = b.sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256())
        self.der = self.cert.public_bytes(serialization.Encoding.DER)
        self.kid = hashlib.sha256(self.der).digest()[:8]
    def sign(self, m):
        if isinstance(self.key, ec.EllipticCurvePrivateKey):
            size = (self.key.curve.key_size + 7) // 8
            h = {-7: hashes.SHA256(), -35: hashes.SHA384(), -36: hashes.SHA512()}[self.alg]
            r, s = utils.decode_dss_signature(self.key.sign(m, ec.ECDSA(h)))
            return r.to_bytes(size, 'big') + s.to_bytes(size, 'big')
        if isinstance(self.key, ed25519.Ed25519PrivateKey): return self.key.sign(m)
        return self.key.sign(m, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())

def v(**k): return dict({'tg': '840539006', 'vp': '1119349007', 'mp': 'EU/1/20/1528', 'ma': 'ORG-100030215', 'dn': 2, 'sd': 2, 'dt': '2021-09-10', 'co': 'XA', 'is': 'Test Issuer', 'ci': 'URN:UVCI:01:XA:TEST#K'}, **k)
def t(**k): return dict({'tg': '840539006', 'tt': 'LP6464-4', 'sc': '2021-09-30T08:15:00+02:00', 'tr': '260415000', 'tc': 'Centre', 'co': 'XA', 'is': 'Test Issuer', 'ci': 'URN:UVCI:01:XA:T'}, **k)
def r(**k): return dict({'tg': '840539006', 'fr': '2021-06-01', 'co': 'XA', 'is': 'Test Issuer', 'df': '2021-06-15', 'du': '2021-12-01', 'ci': 'URN:UVCI:01:XA:R'}, **k)
NAM = {'fn': 'Nguyễn', 'fnt': 'NGUYEN', 'gn': 'Thị Mẫu', 'gnt': 'THI<MAU'}
def dcc(entries=None, **k):
    d = {'ver': '1.3.0', 'nam': NAM, 'dob': '2000-03-15'}
    d.update({'v': [v()]} if entries is None else entries); d.update(k)
    return {a: b for a, b in d.items() if b != 'drop'}
def claims(body, **k):
    d = {1: 'XA', 4: EXP, 6: IAT, -260: {1: body}}
    for a, b in k.items(): d[{'iss': 1, 'exp': 4, 'iat': 6}[a]] = b
    return {a: b for a, b in d.items() if b != 'drop'}

EC = Key(ec.generate_private_key(ec.SECP256R1()), -7)
cases = []
def case(name, payload, key=EC, wrap=lambda c: Tag(18, c), protected=None, unprotected=None, signature=None, text=lambda s: s, pack=zlib.compress, cert=None, **expect):
    prot = cbor({1: key.alg, 4: key.kid}) if protected is None else protected
    body = payload if isinstance(payload, bytes) else cbor(payload)
    sig = key.sign(cbor(['Signature1', prot, b'', body])) if signature is None else signature
    cose = cbor(wrap([prot, {} if unprotected is None else unprotected, body, sig]))
    want = {'signature': 'valid', 'time': 'valid', 'schema': 'valid', 'key_usage': 'ok'}
    want.update(expect)
    if 'signature_not' in want: del want['signature']
    cases.append({'name': name, 'text': text('HC1:' + base45(pack(cose))), 'certificate': cert or base64.b64encode(key.der).decode(), 'expected': want})
    return cases[-1]

ok = claims(dcc())
case('plain', ok)
# keys
for bits in (2048, 3072, 4096): case('RSA %d' % bits, ok, Key(rsa.generate_private_key(65537, bits), -37))
case('RSA with exponent 3', ok, Key(rsa.generate_private_key(3, 2048), -37))
case('P-384', ok, Key(ec.generate_private_key(ec.SECP384R1()), -35))
case('P-521', ok, Key(ec.generate_private_key(ec.SECP521R1()), -36))
case('P-384 under ES256', ok, Key(ec.generate_private_key(ec.SECP384R1()), -7))
case('P-256 under ES384', ok, Key(ec.generate_private_key(ec.SECP256R1()), -35))
case('Ed25519', ok, Key(ed25519.Ed25519PrivateKey.generate(), -8))
OLD, NEW = '1.3.6.1.4.1.0.1847.2021.1.%d', '1.3.6.1.4.1.1847.2021.1.%d'
BODIES = {1: {'t': [t()]}, 2: {'v': [v()]}, 3: {'r': [r()]}}
for form in (OLD, NEW):
    for use in (1, 2, 3):
        k = Key(ec.generate_private_key(ec.SECP256R1()), -7, [form % use])
        for kind, body in BODIES.items():
            case('usage %s for %d' % (form % use, kind), claims(dcc(body)), k, key_usage='ok' if use == kind else 'wrong')
k = Key(ec.generate_private_key(ec.SECP256R1()), -7, [NEW % 1, OLD % 2])
case('two usages of both forms', ok, k)
k = Key(ec.generate_private_key(ec.SECP256R1()), -7, ['1.3.6.1.5.5.7.3.2', '1.3.6.1.5.5.7.3.4'])
case('usages of other families', ok, k)
SEAL = '2.23.136.1.1.14.2'
case('usage for ICAO seals', ok, Key(ec.generate_private_key(ec.SECP256R1()), -7, [SEAL]), key_usage='wrong')
case('usage for seals and vaccinations', ok, Key(ec.generate_private_key(ec.SECP256R1()), -7, [SEAL, NEW % 2]))
k = Key(ec.generate_private_key(ec.SECP256R1()), -7, until=2021)
case('the key has expired', ok, k, warning='key-expired')
pem = EC.cert.public_bytes(serialization.Encoding.PEM)
case('certificate in PEM', ok, cert=pem.decode())
case('certificate in base64 of PEM', ok, cert=base64.b64encode(pem).decode())
case('certificate in base64 over lines', ok, cert=base64.encodebytes(EC.der).decode())
# COSE
case('no tag', ok, wrap=lambda c: c)
case('tag 61 outside', ok, wrap=lambda c: Tag(61, Tag(18, c)))
case('tag 61 alone', ok, wrap=lambda c: Tag(61, c))
case('tag 55799 outside', ok, wrap=lambda c: Tag(55799, Tag(18, c)))
case('tag 61 inside', cbor(Tag(61, ok)))
case('array of indefinite length', ok, wrap=lambda c: Tag(18, Indefinite(c)))
case('kid unprotected', ok, protected=cbor({1: -7}), unprotected={4: EC.kid})
case('alg and kid unprotected', ok, protected=b'', unprotected={1: -7, 4: EC.kid})
case('protected header is an empty map', ok, protected=cbor({}), unprotected={1: -7, 4: EC.kid})
case('kid before alg', ok, protected=cbor({4: EC.kid, 1: -7}))
case('kid in both, the protected one wrong', ok, protected=cbor({1: -7, 4: b'12345678'}), unprotected={4: EC.kid}, signature_not='valid')
case('kid in both, the unprotected one wrong', ok, unprotected={4: b'12345678'})
case('kid is the whole digest', ok, protected=cbor({1: -7, 4: hashlib.sha256(EC.der).digest()}))
case('more in the header', ok, protected=cbor({1: -7, 3: 'application/cwt', 4: EC.kid, 99: [1, {2: None}]}))
case('header of indefinite length', ok, protected=cbor(Indefinite({1: -7, 4: EC.kid})))
case('integers longer than they need', ok, protected=b'\xa2\x18\x01\x38\x06\x18\x04\x58\x08' + EC.kid)
case('unprotected header is null', ok, unprotected=Raw(b'\xf6'))
case('no kid at all', ok, protected=cbor({1: -7}), signature_not='valid')
case('signature a byte short', ok, signature=b'\x01' * 63, signature_not='valid')
case('signature of zeros', ok, signature=b'\x00' * 64, signature_not='valid')
case('signature in DER', ok, signature=EC.key.sign(b'x', ec.ECDSA(hashes.SHA256())), signature_not='valid')
case('signature empty', ok, signature=b'', signature_not='valid')
rs = Key(rsa.generate_private_key(65537, 2048), -37)
case('RSA key under ES256', ok, rs, protected=cbor({1: -7, 4: rs.kid}), signature_not='valid')
case('PKCS 1.5 under PS256', ok, rs, signature=rs.key.sign(b'x', padding.PKCS1v15(), hashes.SHA256()), signature_not='valid')
# times
for name, at in (('float', float), ('tagged', lambda n: Tag(1, n)), ('tagged float', lambda n: Tag(1, float(n)))):
    case('%s times' % name, claims(dcc(), iat=at(IAT), exp=at(EXP)))
case('times with fractions', claims(dcc(), iat=IAT + .75, exp=EXP + .25))
case('expired by a second', claims(dcc(), exp=NOW - 1), time='expired')
case('expires this second', claims(dcc(), exp=NOW))
case('issued in a second', claims(dcc(), iat=NOW + 1), time='not-yet')
case('no expiry', claims(dcc(), exp='drop'), warning='expiry-missing')
case('no issue time', claims(dcc(), iat='drop'))
case('negative expiry', claims(dcc(), exp=-5), time='expired')
case('huge expiry', claims(dcc(), exp=(1 << 63) - 1))
case('expiry beyond 63 bits', claims(dcc(), exp=(1 << 64) - 1))
case('no issuer', claims(dcc(), iss='drop'))
case('unknown claims', dict(ok, **{}) | {5: IAT, 7: b'x', 'more': [None, {'a': 1}], -1000: 1.5})
# schema
case('schema 1.0.0', claims(dcc(ver='1.0.0')))
case('schema 1.2.1', claims(dcc(ver='1.2.1')))
case('no version', claims(dcc(ver='drop')), schema='invalid')
case('counts as floats', claims(dcc({'v': [v(dn=2.0, sd=2.0)]})))
case('counts as text', claims(dcc({'v': [v(dn='2', sd='2')]})), schema='invalid')
case('dose zero', claims(dcc({'v': [v(dn=0)]})), schema='invalid')
case('dose past the last', claims(dcc({'v': [v(dn=3, sd=2)]})))
case('date with a time', claims(dcc({'v': [v(dt='2021-09-10T00:00:00.000Z')]})))
case('date with a time and offset', claims(dcc({'v': [v(dt='2021-09-10T07:00:00+07:00')]})))
case('date under tag 0', claims(dcc({'v': [v(dt=Tag(0, '2021-09-10'))]}, dob=Tag(0, '2000-03-15'))))
case('sample time under tag 0', claims(dcc({'t': [t(sc=Tag(0, '2021-09-30T08:15:00Z'))]})))
case('date that is none', claims(dcc({'v': [v(dt='2021-13-41')]})), schema='invalid')
case('empty groups beside a filled one', claims(dcc({'v': [v()], 't': [], 'r': []})))
case('null groups beside a filled one', claims(dcc({'v': [v()], 't': None, 'r': None})))
case('only empty groups', claims(dcc({'v': [], 't': [], 'r': []})), schema='invalid')
case('no group', claims(dcc({})), schema='invalid')
case('two groups', claims(dcc({'v': [v()], 't': [t()]})), schema='invalid')
case('two entries', claims(dcc({'v': [v(), v(dn=1)]})), schema='invalid')
case('two entries before 1.3: the latest counts', claims(dcc({'v': [v(dn=2), v(dn=1, dt='2021-08-10')]}, ver='1.2.1')), field_doses='2')
case('the other way round', claims(dcc({'v': [v(dn=1, dt='2021-08-10'), v(dn=2)]}, ver='1.0.0')), field_doses='2')
case('the second of two entries is broken', claims(dcc({'v': [v(), v(dt='no')]}, ver='1.0.0')), schema='invalid')
case('dose zero before 1.3', claims(dcc({'v': [v(dn=0, sd=0)]}, ver='1.0.0')), warning='value-empty')
case('dose below zero', claims(dcc({'v': [v(dn=-1)]}, ver='1.0.0')), schema='invalid')
case('no country before 1.3', claims(dcc({'v': [v(co='')]}, ver='1.0.0')), warning='value-empty')
case('no country', claims(dcc({'v': [v(co='')]})), schema='invalid')
case("a country of nobody's", claims(dcc({'r': [r(co='XY')]})), schema='invalid')
case('Kosovo', claims(dcc({'v': [v(co='XK')]})))
case('a maker that no register gave', claims(dcc({'v': [v(ma='ORG-99999999')]})), schema='invalid')
case('a maker with a digit too many', claims(dcc({'v': [v(ma='ORG-1000030215')]})))
case('a maker in words', claims(dcc({'v': [v(ma='Sinovac-Biotech')]})))
case('a device that no register gave', claims(dcc({'t': [t(tt='LP217198-3', ma='9999')]})), schema='invalid')
case('a device not known here', claims(dcc({'t': [t(tt='LP217198-3', ma='1304')]})))
case('a device in words', claims(dcc({'t': [t(tt='LP217198-3', ma='N/A')]})))
case('null in an optional field', claims(dcc({'t': [t(nm=None, ma=None)]})))
case('null in a required field', claims(dcc({'v': [v(ma=None)]})), schema='invalid')
case('undefined in an optional field', claims(dcc({'t': [t(nm=Raw(b'\xf7'))]})))
case('a required field is missing', claims(dcc({'v': [{a: b for a, b in v().items() if a != 'ci'}]})), schema='invalid')
case('an unknown field', claims(dcc({'v': [v(zz={'a': [1]})]})))
case('values with spaces', claims(dcc({'v': [v(tg=' 840539006 ', mp='EU/1/20/1528 ')]})))
case('birth year only', claims(dcc(dob='2000')))
case('birth month', claims(dcc(dob='2000-03')))
case('birth empty', claims(dcc(dob='')))
case('birth missing', claims(dcc(dob='drop')), schema='invalid')
case('born in 1815', claims(dcc(dob='1815-08-24')), schema='invalid')
case('born after the signature', claims(dcc(dob='2021-09-29')), schema='invalid')
case('born in the year of the signature', claims(dcc(dob='2021')))
case('born in a later year', claims(dcc(dob='2023')), schema='invalid')
case('born on the day of the signature', claims(dcc(dob='2021-09-27')))
case('birth with letters', claims(dcc(dob='1963-xx-xx')), schema='invalid')
case('birth with a time', claims(dcc(dob='2000-03-15T00:00:00')))
case('a given name of signs', claims(dcc(nam=dict(NAM, gn='\U0001F600', gnt=''))), schema='invalid')
case('given names empty', claims(dcc(nam=dict(NAM, gn='', gnt=''))))
case('surname only', claims(dcc(nam={'fn': 'X', 'fnt': 'X'})))
case('given name only', claims(dcc(nam={'gn': 'X', 'gnt': 'X'})))
case('no Latin name', claims(dcc(nam={'fn': 'X', 'gn': 'X'})), schema='invalid')
case('Latin name in small letters', claims(dcc(nam=dict(NAM, fnt='Nguyen'))), schema='invalid')
case('names of 80', claims(dcc(nam=dict(NAM, fn='Ễ' * 80, fnt='E' * 80))))
case('name of 81', claims(dcc(nam=dict(NAM, fnt='E' * 81))), schema='invalid')
case('all of indefinite length', cbor(Indefinite({1: Indefinite('XA'), 4: EXP, 6: IAT, -260: Indefinite({1: Indefinite(
    {'ver': '1.3.0', 'nam': Indefinite(NAM), 'dob': Indefinite('2000-03-15'), 'v': Indefinite([Indefinite(v())])})})})))
case('keys in another order', {-260: {1: dict(reversed(list(dcc().items())))}, 6: IAT, 4: EXP, 1: 'XA'})
case('antigen test without a device', claims(dcc({'t': [t(tt='LP217198-3')]})))
case('sample time without seconds', claims(dcc({'t': [t(sc='2021-09-30T08:15Z')]})))
case('recovery with times', claims(dcc({'r': [r(fr='2021-06-01T00:00:00Z')]})))
# text
case('white space around', ok, text=lambda s: ' \t' + s + ' \r\n')
case('a BOM and an AIM identifier', ok, text=lambda s: '\ufeff]Q1' + s)
for level in (0, 1, 9): case('zlib level %d' % level, ok, pack=lambda b, level=level: zlib.compress(b, level))
def broken(name, **k):
    c = case(name, ok, **k); c['expected'] = {'readable': False}
broken('gzip', pack=lambda b: __import__('gzip').compress(b, mtime=0))
broken('not compressed', pack=lambda b: b)
broken('raw deflate', pack=lambda b: zlib.compress(b)[2:-4])
broken('bytes behind the stream', pack=lambda b: zlib.compress(b) + b'x')
broken('stream cut short', pack=lambda b: zlib.compress(b)[:-5])
broken('checksum wrong', pack=lambda b: zlib.compress(b)[:-1] + b'\x00')
broken('bytes behind the message', pack=lambda b: zlib.compress(b + b'\x00'))
broken('message cut short', pack=lambda b: zlib.compress(b[:-1]))
broken('no prefix', text=lambda s: s[4:])
broken('small letters', text=lambda s: s.lower())
broken('a later version', text=lambda s: 'HC2:' + s[4:])
broken('one key twice', protected=None, wrap=lambda c: Tag(18, [c[0], c[1], cbor(Raw(b'\xa2\x01\x61X\x01\x61Y')), c[3]]))
json.dump(cases, sys.stdout, indent=1, ensure_ascii=False)
