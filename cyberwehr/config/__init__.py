"""The settings of an instance: cyberwehr.toml and the environment become one frozen, checked `Config`."""

from cyberwehr.config.loading import SECRET_FILE, ConfigError, load_config, prepare, read_config, where
from cyberwehr.config.settings import Config

__all__ = ["SECRET_FILE", "Config", "ConfigError", "load_config", "prepare", "read_config", "where"]
