"""What `region new` writes: a folder that works at once and says what its author has to put right."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template

from cyberwehr.domain.hours import hours
from cyberwehr.domain.places import region_postal_codes
from cyberwehr.domain.region import Region
from cyberwehr.faults import Refusal
from cyberwehr.geodata import District, districts, place_table

STATES = {
    "01": "SH", "02": "HH", "03": "NI", "04": "HB", "05": "NW", "06": "HE", "07": "RP", "08": "BW",
    "09": "BY", "10": "SL", "11": "BE", "12": "BB", "13": "MV", "14": "SN", "15": "ST", "16": "TH",
}  # fmt: skip
"""First two digits of an AGS (Destatis) -> subdivision of ISO 3166-2:DE, which names the public holidays."""

_INIT = Template('''\
"""The region $key: everything about it stands in the files beside this one."""

from cyberwehr import Region, hookimpl, load_region


@hookimpl
def cyberwehr_region() -> Region:
    return load_region(__file__)
''')

_REGION = Template("""\
# The region $key. Every key is explained in the region author's guide.
# After each change: cyberwehr region check $key

[region]
name = { de = "$name", en = "$name" }
ags = ["$ags"]                          # $kind $name: $count postal codes follow from it
places = []                              # names people say that no table knows, like the parts of a town
languages = ["de", "en"]
hotline = "0800 1191112"
hours = "Mo-Fr 08:00-18:00; PH off"      # PH: the public holidays of the next line
holidays = "$holidays"
timezone = "Europe/Berlin"
closures = []                            # [ { from = 2026-12-24, to = 2026-12-31, reason = { de = "…", en = "…" } } ]
$neighbours # regions that help out, in this order; adjoining: $adjoining
disclosure = "staged"                    # who is asked sees town and kind of incident; who accepted sees the company

[alarm.critical]
fan_out = 2              # how many providers are asked at a time
accept_within = "10 min" # how long they may take
rounds = 2               # how often those who stay silent are asked
wait_at_most = "0 s"     # a provider whose duty begins within this time counts as available
auto = false             # true: alarm without a commander

[alarm.high]
fan_out = 2
accept_within = "15 min"
rounds = 2
wait_at_most = "1 h"
auto = false

[alarm.normal]
fan_out = 1
accept_within = "30 min"
rounds = 1
wait_at_most = "12 h"
auto = false
""")

_PROVIDERS = Template("""\
# Invented examples: nobody answers there. Replace them before the region goes into service.
""")

_PROVIDER = Template("""
[[provider]]
key = "$key-$n"
name = "Beispiel-IT $n $name"
postal_code = "$code"
hours = "Mo-Fr 07:00-19:00; PH off"
capacity = 2
skills = [
  "ransomware", "mailbox_compromise", "payment_fraud", "phishing_credentials", "remote_support_scam",
  "website_hacked", "ddos", "data_leak", "account_takeover", "malware_infection", "lost_device",
  "supplier_outage", "defect", "other",
]
languages = ["de", "en"]
radius_km = 60
qualified_until = 2029-12-31
contacts = [
  { channel = "mail", to = "alarm@$key-$n.example" },
  { channel = "phone", to = "+49 30 23125 00$n" },   # reserved for films, belongs to nobody
]
""")

_EXAMPLES = Template("""\
# What you expect; `cyberwehr region check $key` tries it. region = "none": somebody else's place.
example = [
  { postal_code = "$code", town = "$name", region = "$key" },
  { at = 2026-11-16T08:00:00, open = true },
  { at = 2026-11-16T18:00:00, open = false },
]
""")

_README = Template("""\
# $name

| file | what it says |
| --- | --- |
| `region.toml` | name, district, hours, neighbours, who is asked when and for how long |
| `providers.toml` | the IT service providers that are alarmed; the ones written here are invented |
| `examples.toml` | places and times with the answer you expect |
| `__init__.py` | the place for rules of your own (see the plugin author's guide); usually left alone |

After a change: `cyberwehr region check $key`. It names file, line and key of whatever is wrong.
""")


def write_region(folder: Path, ags: str, served: Mapping[str, str]) -> None:
    """Write a region's folder; its key is the folder's name. served: AGS -> key of the regions there are already.

    Raises Refusal for an unknown district or if the folder exists: nothing is overwritten.
    """
    district = districts().get(ags)
    if district is None:
        raise Refusal(f"--district {ags}: this program knows no such district; give its five-digit AGS")
    texts = _texts(folder.name, district, served)
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise Refusal(f"{folder}: exists already; choose another key or remove the folder first") from None
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def _texts(key: str, district: District, served: Mapping[str, str]) -> dict[str, str]:
    codes = _postal_codes(district.ags)
    words = {
        "key": key,
        "ags": district.ags,
        "name": district.name,
        "kind": district.kind,
        "count": len(codes),
        "code": codes[0],
        "holidays": f"DE-{STATES[district.ags[:2]]}",
        "neighbours": _neighbours(served[ags] for ags in district.neighbours if ags in served),
        "adjoining": ", ".join(districts()[ags].name for ags in district.neighbours if ags in districts()),
    }
    providers = "".join(_PROVIDER.substitute(words, n=n) for n in (1, 2))
    return {
        "__init__.py": _INIT.substitute(words),
        "region.toml": _REGION.substitute(words),
        "providers.toml": _PROVIDERS.substitute(words) + providers,
        "examples.toml": _EXAMPLES.substitute(words),
        "README.md": _README.substitute(words),
    }


def _neighbours(keys: Iterable[str]) -> str:
    """The line of region.toml, filled up to where the comments of its table begin."""
    listed = ", ".join(f'"{key}"' for key in keys)
    return f"neighbours = [{listed}]".ljust(40)


def _postal_codes(ags: str) -> list[str]:
    bare = Region(key="", name={}, districts=(ags,), hotline="", opening=hours("24/7", None))
    return sorted(region_postal_codes(bare, place_table()))
