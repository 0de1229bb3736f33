"""The region gelsenkirchen: everything about it stands in the files beside this one."""

from cyberwehr import Region, hookimpl, load_region


@hookimpl
def cyberwehr_region() -> Region:
    return load_region(__file__)
