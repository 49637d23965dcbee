ALTER TABLE sessions
    DROP CONSTRAINT sessions_break_glass_check,
    DROP COLUMN carrier,
    DROP COLUMN ip,
    DROP COLUMN user_agent,
    DROP COLUMN break_glass_reason,
    DROP COLUMN break_glass_expires_at;
