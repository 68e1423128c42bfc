"""What the built site sends: fonts, styles, drawings, the policy, cards."""
