"""What every notice says, in English: short, clear, and with what to do next where something is wrong."""

from collections.abc import Mapping

from cyberwehr.i18n import N_

FIRST_LINES = (
    N_("Our help is free of charge for your company."),
    N_("The state and the European Union pay 80%, the supporting association and its sponsors 20%."),
)
"""What a caller reads first, wherever it is."""

CALL_BACK = N_(
    "We will call you back under the number you gave us. Please stay within reach; we send nobody before that."
)
STEP_KINDS = {"do": N_("Do this now"), "dont": N_("Leave this alone"), "call": N_("Call these")}
"""The headings over steps of first aid."""

RANKING = {
    "off_duty": N_("Off duty, and not back on duty soon enough."),
    "absent": N_("Has signed off as unavailable."),
    "at_capacity": N_("Fully occupied: current call-outs {running}."),
    "lacking_skill": N_("Has no skill listed for this call type: {call_type}."),
    "qualification_expired": N_("Its qualification expired on {date}."),
    "conflict_of_interest": N_("It looks after the affected company's own IT and may not be sent there."),
    "declined_before": N_("Has already declined this incident."),
    "outside_radius": N_("Too far: {km} km by road, but it drives at most {radius} km."),
    "on_duty": N_("On duty now."),
    "on_duty_in": N_("On duty in {minutes} min."),
    "answers_in": N_("Usually answers within {minutes} min."),
    "distance": N_("About {km} km by road."),
    "distance_unknown": N_("Distance unknown: the place of the incident cannot be located yet."),
    "recent_callouts": N_("Call-outs in the last 30 days: {count}."),
}

INTAKE = {
    "odd_phone": N_("This telephone number looks wrong. Please check it, ideally by calling back."),
    "odd_email": N_("This e-mail address looks wrong. Please check it."),
    "no_way_back": N_("There is neither a usable telephone number nor a usable e-mail address. Please ask for one."),
    "before_last_step": N_("That time lies before the previous step of the call-out. Please check it."),
    "future_time": N_("The time of the report lies in the future. Please check it."),
    "unknown_field": N_("The field “{field}” is unknown and was not kept. Please check its name."),
    "text_cleaned": N_("The text contained unreadable characters, which were replaced. Please check what was meant."),
    "received_at_ignored": N_("The time of the report was not used: only the control centre may set it."),
    "region_open": N_("It is not known which region this belongs to. Please choose the region first."),
}

PLACES = {
    "place_missing": N_("No place was given. Please ask where the company is."),
    "town_corrected": N_("The town “{town}” was read as “{read_as}”. Please check it."),
    "town_unknown": N_("The town “{town}” is not known. Please ask for it again."),
    "town_ambiguous": N_("“{town}” may mean several places. Please ask for the postal code."),
    "town_not_served": N_(
        "{town} lies outside the regions served here. Please ask again or refer the company elsewhere."
    ),
    "only_part_of_town_named": N_("“{town}” may be only a part of a town. Please check the place."),
    "postal_code_unreadable": N_("The postal code “{postal_code}” cannot be read. Please ask for it again."),
    "postal_code_unknown": N_(
        "The postal code {postal_code} is not in our table: it may lie outside the state or belong to a PO box. "
        "Please check the place."
    ),
    "postal_code_elsewhere": N_(
        "The postal code {postal_code} lies outside the regions served here. Please check the place."
    ),
    "postal_code_shared": N_("The postal code {postal_code} belongs to several towns. Please ask which town it is."),
    "code_and_town_contradict": N_(
        "The postal code {postal_code} does not fit the town “{town}”; the code was used. Please check the place."
    ),
    "several_towns_named": N_(
        "“{town}” names several towns; the postal code {postal_code} was used. Please check the place."
    ),
}

REFUSALS = {
    "unknown_call": N_("There is no such call. Please check the reference."),
    "unknown_incident": N_("There is no such incident. Please check the reference."),
    "unknown_alarm": N_("There is no such alarm. Please check the link or call the control centre."),
    "unknown_provider": N_("There is no provider “{provider}”. Please choose one from the ranking."),
    "unknown_duty": N_("There is no duty to report called “{duty}”. Please choose one of the incident's deadlines."),
    "duty_in_future": N_("That time has not come yet. Please enter when the duty was met."),
    "unknown_region": N_("There is no region “{region}” here. Please choose one that this control centre serves."),
    "claimed_by_other": N_("Somebody else is already looking after this call. Please speak to that person first."),
    "call_ended": N_("This call has been closed or withdrawn. Please take a new call if help is needed again."),
    "incident_ended": N_("This incident has ended. Please take a new call if help is needed again."),
    "callback_missing": N_("Nobody has called back yet. Please call back first, or give a reason for not doing so."),
    "consent_refused": N_(
        "The company does not want its details passed on. Please ask again before you raise the alarm."
    ),
    "already_assigned": N_("A provider has already taken this incident. Release it first to alert others."),
    "not_assigned": N_("No provider has taken this incident yet. Please raise the alarm first."),
    "override_reason_missing": N_("Your decision differs from the suggestion. Please give the reason."),
    "impossible_answer": N_("“{key}” cannot be answered like this. Please choose one of: {allowed}."),
    "too_many_answers": N_("These are too many answers. Please keep to at most {most}."),
    "already_taken": N_(
        "Another provider was faster and has taken this incident. Thank you; you need not do anything."
    ),
    "already_yours": N_("You have already taken this incident. Please carry on with it."),
    "alarm_expired": N_("The time to answer is over. Please call the control centre if you can still help."),
    "alarm_withdrawn": N_("This alarm has been withdrawn. You need not do anything."),
    "alarm_released": N_(
        "You have given this incident back, or the control centre has released it. "
        "Please call the control centre if you can help after all."
    ),
    "alarm_declined": N_("You have declined this alarm. Please call the control centre if you can help after all."),
    "alarm_answered": N_("This alarm has been answered already. Please call the control centre to change the answer."),
    "backward_state": N_("The call-out is already further along. Please choose a later step."),
    "report_missing": N_("The report is still missing. Please write it before you close the incident."),
    "already_signed": N_("The permission to work was signed already."),
    "callout_over": N_("This call-out is over."),
    "already_reported": N_("There is already a report on this call-out; it cannot be changed here."),
    "already_alarmed_region": N_(
        "The alarm has been raised, so the region is fixed. Please withdraw the call to start over."
    ),
    "already_alarmed": N_("{provider} has already been alerted. Please wait for the answer or choose somebody else."),
    "not_done_yet": N_("The call-out has not ended yet. Please record its end before you write the report."),
    "incident_running": N_("The incident is still under way. Please end the call-out before you close it."),
    "too_many_notes": N_("There are already many notes on this case. Please call us to tell us more."),
    "note_too_long": N_("Please write something, but at most {most} characters."),
    "too_late_to_withdraw": N_(
        "This report can no longer be withdrawn here: somebody is already with you, or the case has ended. "
        "Please call us; we will sort it out with you."
    ),
    "has_incident": N_("This call already belongs to an incident. Please carry on there."),
}

ACCOUNTS = {
    "not_a_role_for_people": N_("This role is for programs, not for people. Please choose another role."),
    "user_exists": N_("There is already a user with this e-mail address. Please use another one."),
    "unknown_link": N_("This link does not work. Please check it or ask for a new one."),
    "link_used_up": N_("This link has been used or is too old. Please ask for a new one."),
    "password_too_short": N_("The password is too short. Please choose at least {least} characters."),
    "password_too_long": N_("The password is too long. Please choose at most {most} characters."),
    "provider_missing": N_("A token of this role needs a provider. Please name it as REGION/KEY."),
    "provider_not_wanted": N_("A token of this role belongs to no provider. Please leave the provider out."),
}

REQUESTS = {
    "wrong_role": N_("Your role may not do this. Please ask somebody who may."),
    "no_token": N_("You are not signed in, or your token is unknown. Please sign in or send a valid token."),
    "signed_out": N_("You are not signed in, or no longer. Please sign in again."),
    "foreign_form": N_("This form has expired or came from another site. Please open the page again and repeat it."),
    "malformed_request": N_("This request cannot be read. Please correct it."),
    "strange_host": N_(
        "This control centre does not answer under the name {host}. Whoever runs it can allow the name in the settings:"
        " trusted_hosts in the section [security]."
    ),
    "malformed_json": N_("This is not valid JSON. Please correct the request."),
    "body_too_large": N_("The request is too large. Please send less."),
    "wrong_media_type": N_("This kind of content is not understood. Please send the type that is documented."),
    "invalid_body": N_("Some fields are not valid. Please correct the fields named."),
    "rate_limited": N_("Too many attempts. Please wait a moment and try again."),
    "storage_away": N_("The database cannot be reached. Nothing was saved. Please try again shortly."),
    "storage_full": N_("The disk is full. Nothing was saved. Please call the control centre."),
    "bad_idempotency_key": N_("The Idempotency-Key must have 1 to 255 characters. Please use another one."),
    "idempotency_mismatch": N_("This Idempotency-Key was used with other content before. Please use a new one."),
    "idempotency_running": N_("The same request is still being handled. Please wait a moment and try again."),
    "unknown_cursor": N_("This page of the list does not exist. Please start again from the first page."),
    "not_found": N_("There is nothing at this address. Please check the link."),
    "method_not_allowed": N_("This address does not accept that kind of request. Please see the documentation."),
    "not_acceptable": N_("The answer is not available in the form you asked for. Please ask for JSON or HTML."),
    "too_slow": N_("The request took too long to arrive. Please try again."),
    "conflict": N_("This does not fit the present state. Please load the page again and check it."),
    "length_required": N_("The request does not say how long it is. Please send a Content-Length."),
    "address_too_long": N_("This address is too long. Please shorten it."),
    "fault": N_("Something went wrong on our side. Please try again, or call the control centre."),
}

ALERTS = {
    "unserved": N_(
        "Nobody is left who could take this incident. Please call providers yourself or find help elsewhere."
    ),
    "undeliverable": N_("The alarm to {name} ({provider}) could not be delivered. Please call: {phone}."),
    "overdue": N_("{provider} should have arrived by now and has not reported in. Please call and ask."),
    "timer_failed": N_("The program could not do what is due for this incident. Please look after it yourself."),
    "order_plugin_failed": N_(
        "The ranking rule of region {region} failed; the usual order was used. Please check the order."
    ),
    "gave_back": N_(
        "{provider} has given the incident back; the next providers are being asked. Please keep an eye on it."
    ),
    "alarm_blocked": N_("The alarm could not be raised automatically. {reason}"),
}

NOTICES: Mapping[str, str] = RANKING | INTAKE | PLACES | REFUSALS | ACCOUNTS | REQUESTS | ALERTS
"""Every code a `Notice` may carry -> its sentence, in English."""
