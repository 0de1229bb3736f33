"""Who stands behind the ids in the journal, by a name that people in the control centre know."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from cyberwehr.storage import ApiToken, User


def people_of(tx: Session) -> dict[str, str]:
    """Actor id (user:3, token:5) -> mail address or the token's name. Both tables are short."""
    users = {f"user:{user_id}": email for user_id, email in tx.execute(select(User.id, User.email))}
    tokens = {f"token:{token_id}": name for token_id, name in tx.execute(select(ApiToken.id, ApiToken.name))}
    return {**users, **tokens}
